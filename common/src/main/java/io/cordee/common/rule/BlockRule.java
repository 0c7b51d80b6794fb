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
    stepScaled(round, g, 1, state, from, to);
  }

  /**
   * As above, for a gradient that still has to be multiplied by a factor: each block is when the
   * rule reads it, so that it comes from memory once and need not go back.
   */
  default void stepScaled(
      RoundScalars round, float[] g, float factor, ParameterState state, int from, int to) {
    Step rule = in(round);
    Block block = new Block(g, factor, state, from, to);
    while (block.advance()) {
      rule.step(block);
    }
  }
}
