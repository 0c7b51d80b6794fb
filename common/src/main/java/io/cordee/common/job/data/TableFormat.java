package io.cordee.common.job.data;

/** How a file holds a table. */
public sealed interface TableFormat {

  boolean hasNames();

  /**
   * Comma-separated values, gzipped or not.
   *
   * @param header whether the first line names the columns
   */
  record Csv(boolean header, char separator) implements TableFormat {

    public static final Csv USUAL = new Csv(true, ',');

    @Override
    public boolean hasNames() {
      return header;
    }
  }

  record Parquet() implements TableFormat {
    @Override
    public boolean hasNames() {
      return true;
    }
  }
}
