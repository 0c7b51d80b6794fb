package io.cordee.experiment.compare;

import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Run;
import java.util.OptionalDouble;

/** Notified of a comparison's progress, one event at a time. */
public interface ComparisonListener {

  /** {@code kept} cells are finished already. */
  default void begins(int cells, int kept) {}

  /**
   * @param number of the cell, from 1
   * @param left seconds until all cells are done; empty while unknown
   */
  default void progress(int number, int cells, Planned planned, int rounds, OptionalDouble left) {}

  default void ended(int number, int cells, Planned planned, Run run) {}

  /** Settings are tried for a combination. */
  default void trying(Planned planned, String settings) {}

  default void found(ComparisonNote.Tuned tuned) {}
}
