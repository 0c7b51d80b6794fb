package io.cordee;

import io.cordee.worker.data.DataException;
import io.cordee.worker.data.ExternalRows;

/**
 * Rows that are no more than their numbers: a gradient function holds what is in them. A job calls
 * them by their count, so that workers elsewhere know it, too.
 */
record CountedRows(long count) implements ExternalRows {

  static String name(long count) {
    return String.valueOf(count);
  }

  /**
   * The rows that a job calls so.
   *
   * @throws DataException if they are called otherwise
   */
  static ExternalRows find(String name) {
    try {
      return new CountedRows(count(name));
    } catch (CordeeException e) {
      throw new DataException(e.getMessage());
    }
  }

  /**
   * How many rows a job calls so.
   *
   * @throws CordeeException if that is no count
   */
  static long count(String name) {
    try {
      long count = Long.parseLong(name);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new CordeeException(
        "data.train.name: expected how many rows the gradient functions hold, at least 1; found "
            + name);
  }

  @Override
  public int features() {
    return 0;
  }

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public void read(long from, int count, Sink into) {
    for (int i = 0; i < count; i++) {
      into.endRow();
    }
  }
}
