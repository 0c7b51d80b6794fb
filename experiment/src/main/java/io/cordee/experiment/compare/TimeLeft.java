package io.cordee.experiment.compare;

import io.cordee.experiment.grid.Budget;
import io.cordee.experiment.grid.Planner.Planned;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How long cells will take: as long as another seed of the same combination did; else, as their
 * rows and the time per row so far tell.
 */
final class TimeLeft {

  private final long trainRows;
  private final Map<Map<String, String>, Double> known = new HashMap<>();
  private double seconds;
  private double work;

  TimeLeft(long trainRows) {
    this.trainRows = trainRows;
  }

  void took(Planned planned, double cellSeconds) {
    known.put(planned.cell().settings(), cellSeconds);
    seconds += cellSeconds;
    work += work(planned);
  }

  /**
   * Seconds for a cell that is under way and those after it.
   *
   * @param done the share of the first that is done, by its rounds
   * @param spent seconds on the first so far
   */
  OptionalDouble left(Planned current, double done, double spent, Collection<Planned> after) {
    boolean isTelling = done > 0.02;
    double allWork = work + (isTelling ? done * work(current) : 0);
    if (allWork <= 0) {
      return OptionalDouble.empty();
    }
    double rate = (seconds + (isTelling ? spent : 0)) / allWork;
    double own =
        isTelling ? spent * (1 - done) / done : Math.max(0, expected(current, rate) - spent);
    return OptionalDouble.of(own + after.stream().mapToDouble(cell -> expected(cell, rate)).sum());
  }

  private double expected(Planned planned, double rate) {
    Double before = known.get(planned.cell().settings());
    return before != null ? before : rate * work(planned);
  }

  /** In rows; where the clock ends a cell, in its seconds. */
  private double work(Planned planned) {
    OptionalDouble minutes = planned.job().stop().minutes();
    double rows = Budget.rowsPerRound(planned.job(), trainRows);
    // A round costs something even if it has few rows.
    double all = planned.job().stop().rounds() * (rows + 500);
    return minutes.isPresent() ? Math.min(all, minutes.getAsDouble() * 60e6) : all;
  }
}
