package io.cordee.common.optimizer;

/**
 * The facts of a round, or of a part of it that is applied by itself, that are known before any
 * part of the vector is stepped.
 *
 * @param round counted from 1
 * @param rows whose gradients have been summed
 * @param meanLoss over these rows, where the gradients were taken; without any weight decay
 * @param previousMeanLoss that of the round before; NaN in round 1
 * @param share {@code rows} over all rows of the round; 1 if the round is applied as a whole
 * @param progress the sum of the shares that the stepped range has been stepped by, with this one:
 *     the round, if each is applied as a whole
 */
public record RoundScalars(
    int round, long rows, double meanLoss, double previousMeanLoss, double share, double progress) {

  /** Makes those of a round that is applied as a whole. */
  public RoundScalars(int round, long rows, double meanLoss, double previousMeanLoss) {
    this(round, rows, meanLoss, previousMeanLoss, 1, round);
  }

  /**
   * Makes those of a part of a round, applied by itself.
   *
   * @param rows of the part
   * @param batchRows of the whole round
   * @param before the progress of the range before this step
   */
  public static RoundScalars ofPart(
      int round, long rows, double meanLoss, long batchRows, double before) {
    double share = (double) rows / batchRows;
    return new RoundScalars(round, rows, meanLoss, Double.NaN, share, before + share);
  }

  /**
   * Makes those of a local step, whose slots are fresh in every round.
   *
   * @param step counted from 1 over the whole training, which schedules go by; no further than to
   *     2^31 − 1
   * @param ofRound counted from 1 in its round
   * @param previousMeanLoss that of the step before; NaN for the first of a round
   */
  public static RoundScalars ofLocalStep(
      long step, int ofRound, long rows, double meanLoss, double previousMeanLoss) {
    int round = (int) Math.min(Integer.MAX_VALUE, step);
    return new RoundScalars(round, rows, meanLoss, previousMeanLoss, 1, ofRound);
  }

  public RoundScalars {
    if (round < 1) {
      throw new IllegalArgumentException("rounds are counted from 1; found round " + round);
    }
    if (rows < 1) {
      throw new IllegalArgumentException("round " + round + " has " + rows + " rows; expected 1 +");
    }
  }

  /** Returns whether the loss is larger than that of the round before. */
  public boolean lossRose() {
    return meanLoss > previousMeanLoss;
  }

  /**
   * Returns the factor of a running mean in this step, which is {@code ofRound} in a whole round.
   */
  float kept(float ofRound) {
    return (float) StrictMath.pow(ofRound, share);
  }

  /** Makes those with which a sign-driven optimizer takes a step again. */
  public static RoundScalars replayed(int round, boolean lossRose) {
    return new RoundScalars(round, 1, lossRose ? 1 : 0, 0);
  }
}
