package io.cordee.worker.data;

import java.io.IOException;

/**
 * Rows that the program in which a worker runs brings along, instead of files. They are the same
 * ones, in the same order, for every worker of a job. May be used by several threads.
 */
public interface ExternalRows {

  /** Finds rows by the name that a job gives them. */
  @FunctionalInterface
  interface Shelf {

    /** There are none: a job has to name files. */
    Shelf EMPTY =
        name -> {
          throw new DataException(
              "rows %s: the job's data are external: workers get them from the program that runs"
                  + " them, and this one has no such rows; name a file, with format csv, say",
              name);
        };

    /**
     * The rows of this name.
     *
     * @throws DataException if there are none
     */
    ExternalRows find(String name);
  }

  /** Takes rows, one after the other. */
  interface Sink {

    /** A feature of the row; those that are not put are 0. */
    void feature(int index, double value);

    /** The row's class index, or the value of one of its targets. */
    void target(int column, double value);

    /** The row is complete. */
    void endRow();
  }

  /** How many there are. */
  long count();

  /** Features of each. */
  int features();

  /** Whether most features are 0. */
  boolean isSparse();

  /** Puts the rows from {@code from} to before {@code from + count}. */
  void read(long from, int count, Sink into) throws IOException;
}
