package io.cordee.bench.report;

import java.util.Arrays;

/**
 * Something and its limit, measured by turns.
 *
 * @param limit by repetition
 * @param measured in the turn after it
 */
public record Pairs(double[] limit, double[] measured) {

  public Pairs {
    if (limit.length != measured.length) {
      throw new IllegalArgumentException(
          "expected a limit for each of " + measured.length + " values; found " + limit.length);
    }
  }

  /** What is the same each time. */
  public static Pairs once(double limit, double measured) {
    return new Pairs(new double[] {limit}, new double[] {measured});
  }

  public Pairs times(double factor) {
    return new Pairs(times(limit, factor), times(measured, factor));
  }

  private static double[] times(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  /** Of times: an amount per unit of time. */
  public Pairs rates(double ofLimit, double ofMeasured) {
    return new Pairs(rates(limit, ofLimit), rates(measured, ofMeasured));
  }

  private static double[] rates(double[] times, double amount) {
    return Arrays.stream(times).map(time -> amount / time).toArray();
  }

  double[] ratios() {
    double[] ratios = new double[measured.length];
    Arrays.setAll(ratios, i -> measured[i] / limit[i]);
    return ratios;
  }
}
