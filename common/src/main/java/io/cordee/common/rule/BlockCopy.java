package io.cordee.common.rule;

/**
 * Steps a block of longer arrays in copies that all begin at index 0. They stay in the first-level
 * caches; to main memory it is the same traffic as a step in place.
 */
final class BlockCopy {

  private final float[] sums = new float[Block.LENGTH];
  private final float[] current = new float[Block.LENGTH];
  private final float[] next = new float[Block.LENGTH];
  private final float[][] slots;

  BlockCopy(int slots) {
    this.slots = new float[slots][Block.LENGTH];
  }

  /**
   * @param g the gradient, of which this block's begins at index {@code start}
   * @param from the block's first parameter
   * @param to behind its last
   */
  void step(
      BlockRule.Step rule,
      float[] g,
      int start,
      float factor,
      ParameterState state,
      int from,
      int to) {
    int size = to - from;
    System.arraycopy(state.current(), from, current, 0, size);
    System.arraycopy(state.next(), from, next, 0, size);
    for (int slot = 0; slot < slots.length; slot++) {
      System.arraycopy(state.slots()[slot], from, slots[slot], 0, size);
    }
    System.arraycopy(g, start, sums, 0, size);
    rule.step(new Block(sums, factor, current, next, slots, 0, size));
    System.arraycopy(sums, 0, g, start, size);
    System.arraycopy(next, 0, state.next(), from, size);
    for (int slot = 0; slot < slots.length; slot++) {
      System.arraycopy(slots[slot], 0, state.slots()[slot], from, size);
    }
  }
}
