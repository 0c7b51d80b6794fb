package io.cordee.bench.report;

import static io.cordee.experiment.run.Spread.quantile;

import java.util.Arrays;

/** The median of several measurements, and the range in which half of them lie. */
record Quartiles(double median, double lowerQuartile, double upperQuartile, int count) {

  /**
   * @throws IllegalArgumentException if there is none
   */
  static Quartiles of(double[] measurements) {
    if (measurements.length == 0) {
      throw new IllegalArgumentException("a spread needs at least one measurement; found none");
    }
    double[] sorted = measurements.clone();
    Arrays.sort(sorted);
    return new Quartiles(
        quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75), sorted.length);
  }
}
