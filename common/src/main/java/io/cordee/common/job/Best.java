package io.cordee.common.job;

import java.util.Optional;

/**
 * The best weights so far.
 *
 * @param round how many rounds they have behind them
 * @param figure what they are the best by
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
