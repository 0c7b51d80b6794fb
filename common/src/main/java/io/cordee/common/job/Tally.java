package io.cordee.common.job;

import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Metric;
import io.cordee.function.Stats;
import java.util.Optional;

/**
 * What was counted over some rows; the loss is added along the reduction tree as the gradients are,
 * left + right.
 *
 * @param rows how many rows
 * @param lossSum the sum of their losses
 * @param correct rows whose largest output is that of their label; {@link Stats#NOT_COUNTED} if
 *     they have targets instead, or the gradient function does not count them
 * @param within rows all of whose outputs are within the job's tolerance of their targets, or
 *     {@link Stats#NOT_COUNTED}
 * @param measures what metrics are computed from; empty unless rows were evaluated
 */
public record Tally(
    long rows, double lossSum, long correct, long within, Optional<Measures> measures) {

  public static final Tally NONE = new Tally(0, 0, 0, 0);

  public Tally(long rows, double lossSum, long correct, long within) {
    this(rows, lossSum, correct, within, Optional.empty());
  }

  public static Tally of(Stats stats) {
    return new Tally(stats.rows(), stats.lossSum(), stats.correct(), stats.within());
  }

  public Tally with(Measures measured) {
    return new Tally(rows, lossSum, correct, within, Optional.of(measured));
  }

  /**
   * Validates counts that were made elsewhere.
   *
   * @param expected how many rows there are to count
   * @throws IllegalArgumentException if they are impossible
   */
  public void check(long expected) {
    if (rows != expected) {
      throw new IllegalArgumentException(
          "a tally of " + expected + " rows is expected; found one of " + rows);
    }
    checkCount(correct, "correct");
    checkCount(within, "within tolerance");
  }

  private void checkCount(long count, String what) {
    if (count != Stats.NOT_COUNTED && (count < 0 || count > rows)) {
      throw new IllegalArgumentException(
          "of " + rows + " rows, 0 to " + rows + " are " + what + "; found " + count);
    }
  }

  public Tally plus(Tally right) {
    return new Tally(
        rows + right.rows,
        lossSum + right.lossSum,
        sum(correct, right, right.correct),
        sum(within, right, right.within),
        measures.flatMap(left -> right.measures.map(left::plus)));
  }

  /** What nobody has counted in one of two parts is not known of both. */
  private long sum(long count, Tally right, long rightCount) {
    if (rows == 0 || right.rows == 0) {
      return rows == 0 ? rightCount : count;
    }
    boolean areCounted = count != Stats.NOT_COUNTED && rightCount != Stats.NOT_COUNTED;
    return areCounted ? count + rightCount : Stats.NOT_COUNTED;
  }

  public double meanLoss() {
    return lossSum / rows;
  }

  /** A metric; NaN if the rows do not tell. */
  public double of(Metric metric) {
    return measures.map(it -> it.of(metric)).orElse(Double.NaN);
  }

  public boolean hasAccuracy() {
    return correct != Stats.NOT_COUNTED;
  }

  /** The share of correct rows, 0 to 1; NaN if they were not counted. */
  public double accuracy() {
    return hasAccuracy() ? (double) correct / rows : Double.NaN;
  }
}
