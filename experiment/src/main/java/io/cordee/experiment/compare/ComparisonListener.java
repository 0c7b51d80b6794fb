package io.cordee.experiment.compare;

import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Run;
import java.util.OptionalDouble;

/** Notified of a comparison's progress, one event at a time. */
public interface ComparisonListener {

  /**
   * What is to be done.
   *
   * @param kept how many cells are finished already
   */
  default void begins(int cells, int kept) {}

  /**
   * A cell is under way.
   *
   * @param number from 1
   * @param left seconds until all cells are done; empty while that cannot be told
   */
  default void progress(int number, int cells, Planned planned, int rounds, OptionalDouble left) {}

  /** A cell is done. */
  default void ended(int number, int cells, Planned planned, Run run) {}

  /** Settings are tried for a combination. */
  default void trying(Planned planned, String settings) {}

  /** Settings were found. */
  default void found(ComparisonNote.Tuned tuned) {}
}
