package io.cordee.common.rule;

/**
 * What is known of a round as a whole before any part of the vector is stepped.
 *
 * @param round counted from 1
 * @param rows whose gradients have been summed
 * @param meanLoss over these rows, where the gradients were taken; without any weight decay
 * @param previousMeanLoss that of the round before; NaN in round 1
 */
public record RoundScalars(int round, long rows, double meanLoss, double previousMeanLoss) {

  public RoundScalars {
    if (round < 1) {
      throw new IllegalArgumentException("rounds are counted from 1; found round " + round);
    }
    if (rows < 1) {
      throw new IllegalArgumentException("round " + round + " has " + rows + " rows; expected 1 +");
    }
  }
}
