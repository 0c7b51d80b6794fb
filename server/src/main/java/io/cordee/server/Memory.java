package io.cordee.server;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import java.util.Locale;

/** Tells that a job is too large for a server before it fails in the middle of a round. */
final class Memory {

  private static final double MB = 1e6;

  private Memory() {}

  /**
   * @param own what one server has of the parameter vector
   * @param most bytes that it may use
   * @throws IllegalArgumentException if that cannot do
   */
  static void check(Optimizer optimizer, Chunks own, long most) {
    long least = least(optimizer, own.parameters());
    if (least > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a server with %,d parameters takes at least %,.0f MB of memory by this rule, and this"
                  + " one may use %,.0f MB; give it more by CORDEE_JAVA_OPTS=-Xmx..., or share the"
                  + " parameters among more --shards",
              own.parameters(),
              Math.ceil(least / MB),
              Math.floor(most / MB)));
    }
  }

  /** Bytes of two versions of the weights, of the evaluation point if it is another, and slots. */
  private static long least(Optimizer optimizer, int parameters) {
    int vectors = 2 + (optimizer.hasOwnEvaluationPoint() ? 2 : 0) + optimizer.slots().size();
    return (long) Float.BYTES * vectors * parameters;
  }
}
