package io.cordee.server.observe;

import java.util.List;

/**
 * A part of the curves, or all of them.
 *
 * @param stride rounds that a point stands for
 * @param edition changes whenever points before the last one do
 */
public record Curve(int stride, int edition, List<Point> points) {

  /**
   * One point.
   *
   * @param seconds of training
   * @param test NaN where it was not measured, and so is {@code flips}
   * @param split of the rounds that it stands for, on average
   */
  public record Point(
      int round,
      double seconds,
      double loss,
      double train,
      double test,
      double flips,
      Split split) {}
}
