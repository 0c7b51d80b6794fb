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
    Step rule = in(round);
    Block block = new Block(g, state, from, to);
    while (block.advance()) {
      rule.step(block);
    }
  }

  /**
   * As above, for a gradient that still has to be multiplied by a factor: each block is, in place,
   * right before the rule reads it, so that it comes from memory once.
   */
  default void stepScaled(
      RoundScalars round, float[] g, float factor, ParameterState state, int from, int to) {
    Step rule = in(round);
    Block block = new Block(g, state, from, to);
    while (block.advance()) {
      block.scaleGradient(factor);
      rule.step(block);
    }
  }
}
