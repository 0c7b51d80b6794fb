package io.cordee.common.rule;

/** A rule that steps a range block by block, in loops that HotSpot vectorises. */
interface BlockRule extends RangeRule {

  /** What the rule does in this round. */
  Step in(RoundScalars round);

  /** Writes a block's next weights and brings its slots up to date. */
  @FunctionalInterface
  interface Step {
    void step(Block block);
  }

  @Override
  default void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    step(in(round), g, 1, state, from, to);
  }

  /**
   * Takes a step of [from, to) by a gradient that still has to be multiplied by a factor: it is
   * where the step reads it, so that it comes from memory once and need not go back.
   *
   * <p>Where the range does not begin its arrays, the gradient is copied to have their index.
   */
  static void step(Step rule, float[] g, float factor, ParameterState state, int from, int to) {
    float[] sums = g;
    if (from > 0) {
      sums = new float[to];
      System.arraycopy(g, 0, sums, from, to - from);
    }
    for (int at = from; at < to; at += Block.LENGTH) {
      int end = Math.min(to, at + Block.LENGTH);
      rule.step(new Block(sums, factor, state.current(), state.next(), state.slots(), at, end));
    }
    if (from > 0) {
      System.arraycopy(sums, from, g, 0, to - from);
    }
  }
}
