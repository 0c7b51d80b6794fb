package io.cordee.common.job;

/** How a file holds a table. */
public sealed interface TableFormat {

  /** Whether its columns have names. */
  boolean hasNames();

  /**
   * Comma-separated values, gzipped or not.
   *
   * @param header whether the first line names the columns
   */
  record Csv(boolean header, char separator) implements TableFormat {

    /** Unless a job says otherwise. */
    public static final Csv USUAL = new Csv(true, ',');

    @Override
    public boolean hasNames() {
      return header;
    }
  }

  /** Apache Parquet. */
  record Parquet() implements TableFormat {
    @Override
    public boolean hasNames() {
      return true;
    }
  }
}
