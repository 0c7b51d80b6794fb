package io.cordee.bench.report;

import java.util.Arrays;

/**
 * Several measurements of one thing: the one in the middle, and the range in which half of them
 * lie.
 *
 * @param count how many there are
 */
record Spread(double median, double lowerQuartile, double upperQuartile, int count) {

  /**
   * @throws IllegalArgumentException if there is none
   */
  static Spread of(double[] measurements) {
    if (measurements.length == 0) {
      throw new IllegalArgumentException("a spread needs at least one measurement; found none");
    }
    double[] sorted = measurements.clone();
    Arrays.sort(sorted);
    return new Spread(
        quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75), sorted.length);
  }

  /** Between two measurements, in proportion: the usual definition (R's type 7). */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = (int) Math.ceil(at);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
