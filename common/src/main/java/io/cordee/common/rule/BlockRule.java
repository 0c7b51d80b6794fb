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
   * <p>A range that begins its arrays is stepped in place. Of any other, as the gradient's index is
   * not that of the weights, a copy is, block by block.
   */
  static void step(Step rule, float[] g, float factor, ParameterState state, int from, int to) {
    if (from == 0) {
      for (int at = 0; at < to; at += Block.LENGTH) {
        int end = Math.min(to, at + Block.LENGTH);
        rule.step(new Block(g, factor, state.current(), state.next(), state.slots(), at, end));
      }
    } else {
      BlockCopy copy = new BlockCopy(state.slots().length);
      for (int at = from; at < to; at += Block.LENGTH) {
        copy.step(rule, g, at - from, factor, state, at, Math.min(to, at + Block.LENGTH));
      }
    }
  }
}
