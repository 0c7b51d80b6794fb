package io.cordee;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;

/**
 * What a job calls rows that gradient functions hold: their count, so that workers know it, too.
 */
final class RowCount {

  private RowCount() {}

  static String name(long count) {
    return String.valueOf(count);
  }

  /**
   * @throws DataException if the name is no count
   */
  static ExternalRows find(String name) {
    try {
      return ExternalRows.counted(of(name));
    } catch (CordeeException e) {
      throw new DataException(e.getMessage());
    }
  }

  /**
   * @throws CordeeException if the name is no count
   */
  static long of(String name) {
    try {
      long count = Long.parseLong(name);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new CordeeException(
        "data.train.name: expected how many rows the gradient functions hold, at least 1; found "
            + name);
  }
}
