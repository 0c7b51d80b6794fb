package io.cordee.worker.data;

import io.cordee.common.job.Preprocessing;
import io.cordee.common.job.Scaling;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean, sum of squared deviations and extremes of each feature over rows, in double precision.
 *
 * <p>Sources: B. P. Welford, Note on a method for calculating corrected sums of squares and
 * products, Technometrics 4, 1962, for a row more; T. F. Chan, G. H. Golub, R. J. LeVeque, Updating
 * formulae and a pairwise algorithm for computing sample variances, 1979, for rows of two parts.
 */
final class ColumnStatistics implements FeatureSink {

  private final double[] means;
  private final double[] deviations;
  private final double[] smallest;
  private final double[] largest;
  private long rows = 1; // that of the row being taken

  ColumnStatistics(int width) {
    means = new double[width];
    deviations = new double[width];
    smallest = new double[width];
    largest = new double[width];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
  }

  @Override
  public void put(int feature, double value) {
    double off = value - means[feature];
    means[feature] += off / rows;
    deviations[feature] += off * (value - means[feature]);
    smallest[feature] = Math.min(smallest[feature], value);
    largest[feature] = Math.max(largest[feature], value);
  }

  @Override
  public void endRow() {
    rows++;
  }

  private long count() {
    return rows - 1;
  }

  /** Those of the rows of both; this one is used up. */
  ColumnStatistics plus(ColumnStatistics others) {
    long total = count() + others.count();
    for (int i = 0; i < means.length; i++) {
      double off = others.means[i] - means[i];
      means[i] += off * others.count() / total;
      deviations[i] += others.deviations[i] + off * off * count() * others.count() / total;
      smallest[i] = Math.min(smallest[i], others.smallest[i]);
      largest[i] = Math.max(largest[i], others.largest[i]);
    }
    rows = total + 1;
    return this;
  }

  /** What brings the features to where they are wanted. Of a constant one nothing is left. */
  Scaling scaling(Preprocessing wanted) {
    return switch (wanted) {
      case NONE -> Scaling.NONE;
      case STANDARDIZE -> new Scaling(list(means), list(i -> Math.sqrt(deviations[i] / count())));
      case MINMAX -> new Scaling(list(smallest), list(i -> largest[i] - smallest[i]));
    };
  }

  private List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private List<Double> list(java.util.function.IntToDoubleFunction scale) {
    return IntStream.range(0, means.length)
        .mapToDouble(scale)
        .mapToObj(value -> value > 0 ? value : 1.0) // constant, or too close together to tell
        .toList();
  }
}
