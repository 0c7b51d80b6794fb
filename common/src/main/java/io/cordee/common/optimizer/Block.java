package io.cordee.common.optimizer;

/**
 * A run of parameters that an optimizer steps: from an index on in each array.
 *
 * @param sums over the rows of the round; times {@code perRow} they are the mean gradient g
 * @param perRow what a sum has to be multiplied by
 * @param current the weights
 * @param next where the next weights go; until then the previous ones stand there
 * @param weightsFrom in both
 * @param slots in the optimizer's order
 */
record Block(
    float[] sums,
    int sumsFrom,
    float perRow,
    float[] current,
    float[] next,
    int weightsFrom,
    float[][] slots,
    int slotsFrom,
    int length) {

  /** The parameters [from, to) of a state; {@code sums} are theirs, from index 0 on. */
  static Block of(float[] sums, float perRow, ParameterState state, int from, int to) {
    return new Block(
        sums, 0, perRow, state.current(), state.next(), from, state.slots(), from, to - from);
  }

  float[] slot(int number) {
    return slots[number];
  }

  /** Returns whether it stands at the same index everywhere: {@link #from}. */
  boolean hasOneIndex() {
    return sumsFrom == weightsFrom && weightsFrom == slotsFrom;
  }

  int from() {
    return slotsFrom;
  }

  /** Behind the last, by the one index. */
  int to() {
    return slotsFrom + length;
  }

  /** A slice of it; {@code at} counts from its own first parameter. */
  Block part(int at, int length) {
    return new Block(
        sums,
        sumsFrom + at,
        perRow,
        current,
        next,
        weightsFrom + at,
        slots,
        slotsFrom + at,
        length);
  }

  /** A zeroed block of this length, in arrays of its own. */
  Block scratch(int length) {
    return new Block(
        new float[length],
        0,
        perRow,
        new float[length],
        new float[length],
        0,
        new float[slots.length][length],
        0,
        length);
  }

  /** Copies another block into this one, which is as long or longer. */
  void fill(Block from) {
    System.arraycopy(from.current, from.weightsFrom, current, weightsFrom, from.length);
    copyStepped(from, this, from.length);
  }

  /** Takes over what a step has made of the copy that this block had been filled into. */
  void take(Block copy) {
    copyStepped(copy, this, length);
  }

  /** All but the current weights, which no step writes to: others may be reading them. */
  private static void copyStepped(Block from, Block to, int length) {
    System.arraycopy(from.sums, from.sumsFrom, to.sums, to.sumsFrom, length);
    System.arraycopy(from.next, from.weightsFrom, to.next, to.weightsFrom, length);
    for (int slot = 0; slot < from.slots.length; slot++) {
      System.arraycopy(from.slots[slot], from.slotsFrom, to.slots[slot], to.slotsFrom, length);
    }
  }
}
