package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;

/** Reads a file row by row. */
public interface RowReader extends AutoCloseable {

  interface Opener<R extends RowReader> {
    R open(RowStart from) throws IOException;
  }

  interface Look<R extends RowReader> {
    void at(long row, R reader);
  }

  /**
   * Goes to the next row, without parsing it.
   *
   * @return whether there is one
   */
  boolean advance() throws IOException;

  /** Returns where the file can be opened to read this row. */
  RowStart start();

  @Override
  void close() throws IOException;

  static <R extends RowReader> R open(String file, Opener<R> opener, RowStart from) {
    try {
      return opener.open(from);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  /**
   * Looks at all rows of a file, in order.
   *
   * @return how many there are, at least 1
   */
  static <R extends RowReader> long scan(String file, Opener<R> opener, Look<R> look) {
    long rows = 0;
    try (R reader = open(file, opener, RowStart.FIRST)) {
      for (; reader.advance(); rows++) {
        look.at(rows, reader);
        leaveIfInterrupted(file);
      }
    } catch (IOException e) {
      throw DataException.at(file + ", after row " + rows, e);
    }
    if (rows == 0) {
      throw new DataException(file + " has no rows");
    }
    return rows;
  }

  static void leaveIfInterrupted(String file) {
    if (Thread.currentThread().isInterrupted()) {
      throw new DataException("interrupted while reading " + file);
    }
  }
}
