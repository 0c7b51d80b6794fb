package io.cordee.common.wire;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.kernel.VectorApi;

/** Loops that round x[from, to). These are plain; those by vectors give the same bits. */
class RoundingLoops {

  /** Floats rounded by plain loops first: about 0.1 s of work. */
  private static final long ENOUGH = 1L << 24;

  static final RoundingLoops PLAIN = new RoundingLoops();

  static final PlainFirst<RoundingLoops> CHOICE = PlainFirst.of(PLAIN, vectors(), "floats", ENOUGH);

  /** Adding and subtracting this rounds what is small beside it to an integer, half to even. */
  static final float ROUNDER = 0x1.8p23f;

  /** Those by vectors, where there are any. */
  static RoundingLoops vectors() {
    return VectorApi.obstacle().isPresent() ? PLAIN : new VectorRoundingLoops();
  }

  /**
   * To the nearest bfloat16, a float whose lower 16 bits are 0; ties to even. What is nearer to
   * 2^128 than to the largest one becomes infinite; NaN stays NaN.
   */
  void toBfloat16(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      int bits = Float.floatToRawIntBits(x[i]);
      int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
      int isNan = 0x7F800000 - (bits & Integer.MAX_VALUE) >> 31; // all ones or 0
      int kept = (rounded & ~isNan | (bits | 0x400000) & isNan) & 0xFFFF0000;
      x[i] = Float.intBitsToFloat(kept);
    }
  }

  /** The largest |x|; not finite if any is not. */
  float largest(float[] x, int from, int to) {
    // Without its sign, the order of floats is that of their bits, NaN above infinity.
    int largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & 0x7FFFFFFF);
    }
    return Float.intBitsToFloat(largest);
  }

  /** To q · scale, where q is x · (1 / scale) in float, rounded to an integer, half to even. */
  void toMultiples(float[] x, int from, int to, float scale) {
    float perUnit = 1 / scale;
    for (int i = from; i < to; i++) {
      x[i] = ((x[i] * perUnit + ROUNDER) - ROUNDER) * scale;
    }
  }
}
