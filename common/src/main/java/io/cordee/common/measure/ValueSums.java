package io.cordee.common.measure;

import java.util.Arrays;

/** Sums over rows with values, by output, in units of the targets. */
public final class ValueSums implements Measures {

  private final long rows;
  private final double[] errors;
  private final double[] squares;
  private final double[] targets;
  private final double[] targetSquares;

  /**
   * @param errors how far outputs are from their targets; not copied, like the others
   * @param squares of these
   * @param targets from wherever they are counted
   * @param targetSquares of these
   */
  public ValueSums(
      long rows, double[] errors, double[] squares, double[] targets, double[] targetSquares) {
    this.rows = rows;
    this.errors = errors;
    this.squares = squares;
    this.targets = targets;
    this.targetSquares = targetSquares;
  }

  /** By output; not to be written, like the others. */
  public double[] errors() {
    return errors;
  }

  public double[] squares() {
    return squares;
  }

  public double[] targets() {
    return targets;
  }

  public double[] targetSquares() {
    return targetSquares;
  }

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
      case R2 -> 1 - squares[k] / (targetSquares[k] - targets[k] * targets[k] / rows);
      case PRECISION, RECALL, F1, AUC, TOP_5 -> Double.NaN;
    };
  }

  @Override
  public ValueSums plus(Measures other) {
    if (!(other instanceof ValueSums more) || more.errors.length != errors.length) {
      throw new IllegalArgumentException("sums of values are added to those of as many");
    }
    return new ValueSums(
        rows + more.rows,
        sum(errors, more.errors),
        sum(squares, more.squares),
        sum(targets, more.targets),
        sum(targetSquares, more.targetSquares));
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
            && targets.length == outputs
            && targetSquares.length == outputs
            && Arrays.stream(targets).allMatch(Double::isFinite)
            && Arrays.stream(targetSquares).allMatch(sum -> sum >= 0);
    if (!isSound) {
      throw new IllegalArgumentException(
          "expected sums of %d rows of %d values; found others".formatted(ofRows, outputs));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueSums that
        && rows == that.rows
        && Arrays.equals(errors, that.errors)
        && Arrays.equals(squares, that.squares)
        && Arrays.equals(targets, that.targets)
        && Arrays.equals(targetSquares, that.targetSquares);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(squares);
  }
}
