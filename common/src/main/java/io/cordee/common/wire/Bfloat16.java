package io.cordee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Floats in half the bytes: the upper 16 bits of a {@code float32}, little-endian. The range stays;
 * of 24 bits of precision 8 are left.
 */
final class Bfloat16 {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Bfloat16() {}

  /**
   * The nearest bfloat16, the one with an even last bit if two are equally near. What is nearer to
   * 2^128 than to the largest one is infinite; NaN stays NaN.
   */
  static short of(float x) {
    int bits = Float.floatToRawIntBits(x);
    int lastBit = bits >>> 16 & 1;
    int rounded = bits + 0x7FFF + lastBit >>> 16;
    int quiet = bits >>> 16 | 0x40;
    int isNan = 0x7F800000 - (bits & 0x7FFFFFFF) >> 31; // all ones or 0
    return (short) (rounded & ~isNan | quiet & isNan);
  }

  /** Exact. */
  static float toFloat(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }

  /**
   * Writes from[at, at + count) to into[offset, offset + 2 · count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  static void encode(float[] from, int at, int count, byte[] into, int offset) {
    for (int i = 0; i < count; i++) {
      SHORTS.set(into, offset + Short.BYTES * i, of(from[at + i]));
    }
  }

  /**
   * Reads from[offset, offset + 2 · count) into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  static void decode(byte[] from, int offset, float[] into, int at, int count) {
    for (int i = 0; i < count; i++) {
      into[at + i] = toFloat((short) SHORTS.get(from, offset + Short.BYTES * i));
    }
  }
}
