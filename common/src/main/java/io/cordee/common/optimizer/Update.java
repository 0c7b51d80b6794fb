package io.cordee.common.optimizer;

import java.util.List;

/**
 * Turns the mean gradient of a round, and what it remembers in its slots, into new weights. Knows
 * nothing of rows, partitions, decay, clipping, files or threads.
 *
 * <p>Whatever is finite when an optimizer starts is finite when it has stepped: what overflows is
 * held at ±{@link Float#MAX_VALUE}.
 */
public sealed interface Update permits RangeUpdate, WholeUpdate {

  /** Returns the slots: vectors with a number for every parameter, which it remembers. */
  default List<Slot> slots() {
    return List.of();
  }

  /** Returns the curvature that it needs besides the gradient. */
  default Curvature curvature() {
    return Curvature.NONE;
  }

  /** The longest vector that it can step. */
  default int maxParameters() {
    return Integer.MAX_VALUE;
  }

  /**
   * Returns whether steps by a gradient of 0 change neither weights nor slots, from the second on:
   * from the first before there was any other.
   */
  default boolean rests() {
    return slots().isEmpty();
  }

  /** Returns whether gradients are taken elsewhere than at the weights. */
  default boolean hasLookahead() {
    return false;
  }

  /**
   * Writes the point at which gradients are taken to {@code into}, from index {@code at} on.
   *
   * @param weights the whole vector, of which [from, to) and the slots belong together
   */
  default void lookaheadPoint(
      float[] weights, ParameterState state, int from, int to, float[] into, int at) {
    System.arraycopy(weights, from, into, at, to - from);
  }
}
