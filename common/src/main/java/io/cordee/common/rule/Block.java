package io.cordee.common.rule;

import io.cordee.common.kernel.Vectors;

/**
 * A run of parameters, short enough to stay in the first-level cache while a rule passes over it
 * several times; moves along a range. Not thread-safe.
 *
 * <p>HotSpot turns a loop into vector instructions only if all its float arrays have the same index
 * and its body is short enough. So a gradient, which starts at index 0 whatever its range, is
 * brought to where its parameters' indices are, and a rule has one loop if HotSpot takes it
 * whenever it starts, otherwise several short ones.
 */
final class Block {

  /** Of 4 KiB per array. */
  static final int LENGTH = 1024;

  private final float[] gradient;
  private final float factor;
  private final ParameterState state;
  private final int start;
  private final int end;
  private final float[][] spare = new float[5][];
  private int from;
  private int to;

  /**
   * Before the first block of the range; {@link #advance} leads there.
   *
   * @param gradient of the range [start, end), from index 0 on
   * @param factor what it has to be multiplied by, as it is brought to where the rule reads it
   */
  Block(float[] gradient, float factor, ParameterState state, int start, int end) {
    this.gradient = gradient;
    this.factor = factor;
    this.state = state;
    this.start = start;
    this.end = end;
    to = start;
  }

  /** As above, for what needs no gradient. */
  Block(ParameterState state, int start, int end) {
    this(new float[0], 1, state, start, end);
  }

  /** Goes on to the next block; false if there is none. */
  boolean advance() {
    from = to;
    to = Math.min(end, from + LENGTH);
    return from < to;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  int size() {
    return to - from;
  }

  float[] current() {
    return state.current();
  }

  float[] next() {
    return state.next();
  }

  float[] slot(int number) {
    return state.slots()[number];
  }

  /**
   * The gradient, indexed by parameter. It stands in {@link #next}, which loses the previous
   * weights: a rule reads g[i] before it writes next[i].
   */
  float[] gradientInNext() {
    bringGradient(state.next(), from);
    return state.next();
  }

  /** As {@link #gradientInNext}, until {@link #restoreNext} brings the previous weights back. */
  float[] gradientInNextForNow() {
    copy(state.next(), 0);
    return gradientInNext();
  }

  void restoreNext() {
    System.arraycopy(spare[0], 0, state.next(), from, size());
  }

  /** A copy of the gradient, from index 0 on, in one of five spare arrays. */
  float[] copyOfGradient(int number) {
    bringGradient(spare(number), 0);
    return spare[number];
  }

  private void bringGradient(float[] into, int at) {
    System.arraycopy(gradient, from - start, into, at, size());
    if (factor != 1) {
      Vectors.scale(into, at, at + size(), factor);
    }
  }

  /** A copy of the block's part of an array that is indexed by parameter, from index 0 on. */
  float[] copy(float[] array, int number) {
    System.arraycopy(array, from, spare(number), 0, size());
    return spare[number];
  }

  /** Writes what {@link #copy} has taken, and the rule changed, back to where it came from. */
  void writeBack(float[] copy, float[] array) {
    System.arraycopy(copy, 0, array, from, size());
  }

  /** One of five arrays of {@link #LENGTH}, with anything in it. */
  float[] spare(int number) {
    if (spare[number] == null) {
      spare[number] = new float[LENGTH];
    }
    return spare[number];
  }
}
