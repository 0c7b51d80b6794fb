package io.cordee.worker.data;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the rows of a file, row after row, rather than with the first one alone. */
final class Mistakes {

  static final int MOST = 20;

  private final List<DataException> found = new ArrayList<>();

  /**
   * Takes a row.
   *
   * @throws DataException if it is one wrong row too many; it tells of all
   */
  void in(Runnable row) {
    try {
      row.run();
    } catch (DataException e) {
      found.add(e);
      if (found.size() == MOST) {
        throw DataException.all(found, "more than that are not looked for");
      }
    }
  }

  /**
   * @throws DataException if anything was wrong; it tells of all
   */
  void throwAny() {
    if (!found.isEmpty()) {
      throw found.size() == 1
          ? found.get(0)
          : DataException.all(found, found.size() + " rows are wrong");
    }
  }
}
