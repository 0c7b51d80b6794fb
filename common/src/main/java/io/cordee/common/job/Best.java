package io.cordee.common.job;

import java.util.Optional;

/**
 * The best weights so far.
 *
 * @param round after how many rounds
 * @param figure by which they are the best
 */
public record Best(int round, double figure) {

  /** The best, with those of one more round measured; the first ones are the best so far. */
  public static Best after(Optional<Best> before, int round, double figure, StopConditions by) {
    return before
        .filter(best -> !Double.isNaN(best.figure) || Double.isNaN(figure))
        .filter(best -> !by.monitor().isBetter(figure, best.figure, by.minDelta()))
        .orElseGet(() -> new Best(round, figure));
  }
}
