package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A number, and how far the float that stands for it may be off: running error analysis, as in
 * Higham, "Accuracy and Stability of Numerical Algorithms", section 3.3. An operation passes on the
 * errors of what it works on and adds that of rounding its own result, and of flushing it to zero.
 *
 * @param value in double, whose own errors do not count beside those of floats
 * @param error a bound on |float − value|
 */
record Rounded(double value, double error) {

  /** The relative error of one rounding to the nearest float. */
  private static final double UNIT = 0x1p-24;

  static final Rounded ONE = exact(1);

  static Rounded exact(double value) {
    return new Rounded(value, 0);
  }

  private static Rounded of(double value, double passedOn, double roundings) {
    double rounding = roundings * UNIT * (Math.abs(value) + passedOn);
    return new Rounded(value, passedOn + rounding + ElementFunctions.TINY);
  }

  Rounded minus(Rounded other) {
    return of(value - other.value, error + other.error, 1);
  }

  Rounded times(Rounded other) {
    double passedOn =
        Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error;
    return of(value * other.value, passedOn, 1);
  }

  Rounded squared() {
    return times(this);
  }

  /** In whatever order they are added, with or without fused multiply-adds. */
  static Rounded sum(Rounded... terms) {
    double sum = 0;
    double passedOn = 0;
    double sizes = 0;
    for (Rounded term : terms) {
      sum += term.value;
      passedOn += term.error;
      sizes += Math.abs(term.value) + term.error;
    }
    return new Rounded(sum, passedOn + terms.length * UNIT * sizes + ElementFunctions.TINY);
  }

  /**
   * f of it.
   *
   * @param f monotonic
   * @param ulps how far f's float may be off where its argument is not; an ulp is at most two units
   */
  Rounded map(DoubleUnaryOperator f, double ulps) {
    double at = f.applyAsDouble(value);
    double below = Math.abs(at - f.applyAsDouble(value - error));
    double above = Math.abs(at - f.applyAsDouble(value + error));
    return of(at, Math.max(below, above), 2 * ulps);
  }

  static double[] values(Rounded[] numbers) {
    return Arrays.stream(numbers).mapToDouble(Rounded::value).toArray();
  }
}
