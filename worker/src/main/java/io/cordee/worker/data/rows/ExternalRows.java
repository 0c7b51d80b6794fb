package io.cordee.worker.data.rows;

import java.io.IOException;

/**
 * Rows from the program in which a worker runs, instead of files: the same ones, in the same order,
 * for every worker of a job. May be used by several threads.
 */
public interface ExternalRows {

  @FunctionalInterface
  interface Finder {

    /** There are none: a job has to name files. */
    Finder EMPTY =
        name -> {
          throw new DataException(
              "rows %s: the job's data are external: workers get them from the program that runs"
                  + " them, and this one has no such rows; name a file, with format csv, say",
              name);
        };

    /**
     * @throws DataException if there are none
     */
    ExternalRows find(String name);
  }

  interface Sink {

    /**
     * A feature of the row; those that are not put are 0.
     *
     * @param index from 0 to before {@link ExternalRows#features()}, in any order, each once
     */
    void feature(int index, double value);

    /**
     * @param column of rows with target values, the output, from 0; of labelled rows, 0
     * @param value the target, or the class index from 0
     * @throws DataException if it is no class index
     */
    void target(int column, double value);

    /** The row is complete. */
    void endRow();
  }

  /** As below, from 0. */
  static ExternalRows counted(long count) {
    return counted(count, 0);
  }

  /**
   * Rows that are only numbered: a gradient function holds their content.
   *
   * @param first the number of the first one
   */
  static ExternalRows counted(long count, long first) {
    return new CountedRows(count, first);
  }

  long count();

  /** Returns the first row's number, as {@link io.cordee.function.Rows#index} gives it. */
  default long first() {
    return 0;
  }

  int features();

  /**
   * Tells whether rows have ids. Then {@link #read} puts, behind the other features, one for each
   * row of the model's tables that an id names; its value is the factor by which the model reads
   * that row.
   */
  default boolean hasIds() {
    return false;
  }

  /** Returns whether most features are 0. */
  boolean isSparse();

  /**
   * A checksum of the rows from {@code from} to before {@code from + count}, besides that of what
   * {@link #read} puts; 0 if that is all of them.
   */
  default long checksum(long from, int count) {
    return 0;
  }

  /**
   * Puts the rows from {@code from} to before {@code from + count}, in order.
   *
   * @throws IOException if they cannot be read; it ends the job, with this message
   */
  void read(long from, int count, Sink into) throws IOException;
}
