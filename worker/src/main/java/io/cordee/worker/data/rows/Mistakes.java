package io.cordee.worker.data.rows;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the rows of a file, instead of stopping at the first. */
public final class Mistakes {

  static final int MOST = 20;

  private final List<DataException> found = new ArrayList<>();

  /**
   * @throws DataException with all mistakes, if this row is one too many
   */
  public void in(Runnable row) {
    try {
      row.run();
    } catch (DataException e) {
      add(e);
    }
  }

  /** Adds those of the rows behind these; throws as above. */
  public void plus(Mistakes next) {
    next.found.forEach(this::add);
  }

  private void add(DataException mistake) {
    found.add(mistake);
    if (found.size() == MOST) {
      throw DataException.all(found, "more than that are not looked for");
    }
  }

  /** Returns whether {@link #in} has thrown. */
  public boolean areMany() {
    return found.size() == MOST;
  }

  /**
   * @throws DataException with all mistakes, if there are any
   */
  public void throwAny() {
    if (!found.isEmpty()) {
      throw found.size() == 1
          ? found.get(0)
          : DataException.all(found, found.size() + " rows are wrong");
    }
  }
}
