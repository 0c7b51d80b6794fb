package io.cordee.common.rule;

/**
 * A run of parameters that a rule steps, short enough to stay in the first-level caches while it is
 * passed over several times. All arrays have the same index, as HotSpot turns a loop into vector
 * instructions only then.
 *
 * @param sums over the rows of the round; times {@code perRow} they are the mean gradient g
 * @param perRow what a sum has to be multiplied by
 * @param current the weights
 * @param next where the next weights go; until then the previous ones stand there
 * @param slots in the rule's order
 * @param from the first parameter
 * @param to behind the last
 */
record Block(
    float[] sums, float perRow, float[] current, float[] next, float[][] slots, int from, int to) {

  /** Of 16 KiB per array. */
  static final int LENGTH = 4096;

  float[] slot(int number) {
    return slots[number];
  }
}
