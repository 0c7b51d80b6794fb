package io.cordee.server.observe;

import io.cordee.common.run.RoundRow;
import java.util.List;

/**
 * A part of the curves, or all of them.
 *
 * @param stride rounds that a point stands for
 * @param edition changes whenever points before the last one do
 */
public record Curve(int stride, int edition, List<Point> points) {

  /**
   * @param row of the first of the rounds that it stands for, with what was evaluated after others
   * @param flips NaN where they were not counted
   * @param split of a round, on average
   * @param timed the rounds that this is the average of
   */
  public record Point(RoundRow row, double flips, RoundTime split, int timed) {

    public int round() {
      return row.round();
    }

    Point with(Point next) {
      int both = timed + next.timed;
      return new Point(
          row.or(next.row),
          Double.isNaN(next.flips) ? flips : next.flips,
          both == 0
              ? RoundTime.NONE
              : split.times(timed).plus(next.split.times(next.timed)).times(1.0 / both),
          both);
    }
  }
}
