package io.cordee.experiment.run;

import java.util.Arrays;
import java.util.Optional;

/**
 * Some numbers, by their median and how far they lie apart.
 *
 * @param low the lowest of them, or the lower quartile of {@value #QUARTILES_FROM} or more
 * @param high the highest of them, or the upper quartile
 */
public record Spread(double low, double median, double high, int count) {

  /** From this many numbers on, quartiles say more than the range. */
  public static final int QUARTILES_FROM = 5;

  /** Of the finite ones among these; empty if there are none. */
  public static Optional<Spread> of(double... numbers) {
    double[] sorted = Arrays.stream(numbers).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return Optional.empty();
    }
    boolean hasQuartiles = sorted.length >= QUARTILES_FROM;
    return Optional.of(
        new Spread(
            quantile(sorted, hasQuartiles ? 0.25 : 0),
            quantile(sorted, 0.5),
            quantile(sorted, hasQuartiles ? 0.75 : 1),
            sorted.length));
  }

  /** Between the two numbers beside the place, by how near it is to each (R's type 7). */
  public static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
