package io.cordee.experiment.chart;

import io.cordee.common.svg.Ticks;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * One axis of a chart: which values it shows, and where.
 *
 * @param isLog true if equal ratios of values are equally far apart
 * @param from the pixel of the lowest value
 * @param to the pixel of the highest
 */
record Axis(double low, double high, boolean isLog, double from, double to) {

  /** Powers of ten that alone are enough marks of a logarithmic axis. */
  private static final double DECADES = 2;

  double at(double value) {
    double share =
        isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** Returns the values that have a label. */
  List<Double> labelled(int atMost) {
    if (!isLog) {
      return Ticks.even(low, high, atMost);
    }
    return Math.log10(high / low) < DECADES ? between(1, 2, 5) : Ticks.decades(low, high);
  }

  /** Returns the values that have a line: the labelled ones and, by ratio, all between decades. */
  List<Double> lines(int atMost) {
    return isLog ? between(1, 2, 3, 4, 5, 6, 7, 8, 9) : labelled(atMost);
  }

  private List<Double> between(double... digits) {
    return Stream.concat(Stream.of(decadeBelow()), Ticks.decades(low, high).stream())
        .flatMap(decade -> DoubleStream.of(digits).mapToObj(digit -> digit * decade))
        .filter(value -> value > low && value < high)
        .toList();
  }

  private double decadeBelow() {
    return Math.pow(10, Math.ceil(Math.log10(low)) - 1);
  }
}
