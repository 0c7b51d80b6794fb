package io.cordee.server.observe;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import java.util.List;

/**
 * A part of the curves, or all of them.
 *
 * @param stride rounds that a point stands for
 * @param edition changes whenever points before the last one do
 */
public record Curve(int stride, int edition, List<Point> points) {

  /**
   * What rows were measured to; NaN where they were not, or correct ones not counted.
   *
   * @param metrics of the job, in their order; none of rows that were not evaluated
   */
  public record Score(double loss, double accuracy, List<Double> metrics) {

    /** Nothing was measured. */
    public static final Score NONE = new Score(Double.NaN, Double.NaN, List.of());

    static Score of(Tally tally, Job job) {
      return new Score(
          tally.meanLoss(),
          tally.accuracy(),
          tally.measures().isPresent()
              ? job.metrics().stream().map(tally::of).toList()
              : List.of());
    }

    private boolean isNone() {
      return Double.isNaN(loss) && Double.isNaN(accuracy);
    }

    Score or(Score other) {
      return isNone() ? other : this;
    }
  }

  /**
   * @param seconds of training
   * @param train of the training rows, and so on
   * @param flips NaN where they were not counted
   * @param split of the rounds that it stands for, on average
   */
  public record Point(
      int round,
      double seconds,
      Score train,
      Score validation,
      Score test,
      double flips,
      RoundTime split) {}
}
