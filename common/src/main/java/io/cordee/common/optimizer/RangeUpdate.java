package io.cordee.common.optimizer;

/**
 * An optimizer that treats every parameter by itself: any split of the vector gives the same bits.
 */
public non-sealed interface RangeUpdate extends Update {

  /**
   * Writes the next weights of the parameters [from, to) and brings their slots up to date.
   *
   * @param g the range's mean gradient, from index 0 on; where the optimizer needs the diagonal
   *     curvature, that follows
   * @param state indexed by parameter; {@code next} holds the previous weights until it is written
   */
  void step(RoundScalars round, float[] g, ParameterState state, int from, int to);
}
