package io.cordee.common.svg;

import java.util.ArrayList;
import java.util.List;

/** Round numbers at which an axis has its marks. */
public final class Ticks {

  private Ticks() {}

  /**
   * Returns the multiples of 1, 2 or 5 times a power of ten strictly between two numbers.
   *
   * @param atMost about how many there are to be
   */
  public static List<Double> even(double from, double to, int atMost) {
    double raw = (to - from) / atMost;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = power * 10;
    for (int factor : new int[] {5, 2, 1}) {
      step = power * factor >= raw ? power * factor : step;
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.floor(from / step) + 1; i * step < to; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** Returns the powers of ten from one number, itself included, to below another. */
  public static List<Double> decades(double from, double to) {
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.ceil(Math.log10(from)); Math.pow(10, power) < to; power++) {
      ticks.add(Math.pow(10, power));
    }
    return ticks;
  }
}
