package io.cordee.common.measure;

import java.util.Arrays;

/**
 * Sums over rows with values, by output, in units of the targets.
 *
 * <p>Source of how they are added up: T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for
 * Computing the Sample Variance, The American Statistician 37, 1983.
 *
 * @param errors by output: how far outputs are from their targets; not copied and not to be
 *     written, like the others
 * @param squares of these
 * @param means of the targets, from wherever they are counted
 * @param deviations the squares of their distances to the mean
 */
public record ValueSums(
    long rows, double[] errors, double[] squares, double[] means, double[] deviations)
    implements Measures {

  @Override
  public double of(Metric metric) {
    double sum = 0;
    for (int k = 0; k < errors.length; k++) {
      sum += of(metric, k);
    }
    return sum / errors.length;
  }

  private double of(Metric metric, int k) {
    return switch (metric) {
      case MAE -> errors[k] / rows;
      case RMSE -> Math.sqrt(squares[k] / rows);
      case R2 -> deviations[k] == 0 ? Double.NaN : 1 - squares[k] / deviations[k];
      default -> Double.NaN;
    };
  }

  @Override
  public ValueSums plus(Measures other) {
    if (!(other instanceof ValueSums more) || more.errors.length != errors.length) {
      throw new IllegalArgumentException("only sums of equally many values can be added");
    }
    double share = (double) more.rows / (rows + more.rows);
    double[] bothMeans = means.clone();
    double[] bothDeviations = sum(deviations, more.deviations);
    for (int k = 0; k < means.length; k++) {
      double apart = more.means[k] - means[k];
      bothMeans[k] += apart * share;
      bothDeviations[k] += apart * apart * rows * share;
    }
    return new ValueSums(
        rows + more.rows,
        sum(errors, more.errors),
        sum(squares, more.squares),
        bothMeans,
        bothDeviations);
  }

  private static double[] sum(double[] left, double[] right) {
    double[] sum = left.clone();
    for (int k = 0; k < sum.length; k++) {
      sum[k] += right[k];
    }
    return sum;
  }

  /** Sums that are not finite are those of outputs that are not. */
  @Override
  public void check(long ofRows, boolean labelled, int outputs) {
    boolean isSound =
        !labelled
            && rows == ofRows
            && errors.length == outputs
            && squares.length == outputs
            && means.length == outputs
            && deviations.length == outputs
            && Arrays.stream(means).allMatch(Double::isFinite)
            && Arrays.stream(deviations).allMatch(sum -> sum >= 0 && Double.isFinite(sum));
    if (!isSound) {
      throw new IllegalArgumentException(
          "expected finite sums of %d rows of %d values; found %d rows of %d"
              .formatted(ofRows, outputs, rows, errors.length));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueSums that
        && rows == that.rows
        && Arrays.equals(errors, that.errors)
        && Arrays.equals(squares, that.squares)
        && Arrays.equals(means, that.means)
        && Arrays.equals(deviations, that.deviations);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(squares);
  }

  @Override
  public String toString() {
    return "rows %s, errors %s, squares %s, means %s, deviations %s"
        .formatted(
            rows,
            Arrays.toString(errors),
            Arrays.toString(squares),
            Arrays.toString(means),
            Arrays.toString(deviations));
  }
}
