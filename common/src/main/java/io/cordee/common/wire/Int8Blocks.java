package io.cordee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Floats in little more than a quarter of the bytes: blocks of 256 (the last may have fewer), each
 * a scale as a little-endian {@code float32}, then a signed byte q for every value, which is q ·
 * scale.
 *
 * <p>Rounding: the scale is max|x| / 127 in float, rounded up to 16 bits of mantissa, but at most
 * the largest such float of which 127 are finite. q is x · (1 / scale) in float, rounded to the
 * nearest integer, an even one if two are equally near; it is within [−127, 127]. As q · scale is
 * exact and the largest |q| is 127, what is rounded stays as it is when it is rounded again. A
 * block whose max|x| / 127 is not a normal float is 0; one with a NaN or an infinity has a scale of
 * NaN, so that all of it is NaN.
 */
final class Int8Blocks {

  /** Values per block. */
  static final int LENGTH = 256;

  private static final float LARGEST = 127;

  /** Bits of a float's mantissa that a scale leaves 0, so that 7 more fit. */
  private static final int FREE = 0xFF;

  private static final int LARGEST_SCALE =
      Float.floatToRawIntBits(Float.MAX_VALUE / LARGEST) & ~FREE;

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private Int8Blocks() {}

  /** Bytes that this many values take. */
  static int bytes(int count) {
    return Math.toIntExact(count + ((long) count + LENGTH - 1) / LENGTH * Float.BYTES);
  }

  /** Rounds x[from, from + count) in place. */
  static void round(RoundingLoops loops, float[] x, int from, int count) {
    for (int i = from; i < from + count; i += LENGTH) {
      int to = Math.min(from + count, i + LENGTH);
      float scale = scale(loops.largest(x, i, to));
      if (scale > 0) {
        loops.toMultiples(x, i, to, scale);
      } else {
        Arrays.fill(x, i, to, scale); // 0 or NaN
      }
    }
  }

  /**
   * Writes from[at, at + count), rounded, to into[offset, offset + bytes(count)).
   *
   * @throws IndexOutOfBoundsException if a range is not one of its array
   */
  static void encode(float[] from, int at, int count, byte[] into, int offset) {
    int target = offset;
    for (int i = at; i < at + count; i += LENGTH) {
      int to = Math.min(at + count, i + LENGTH);
      float scale = scale(RoundingLoops.PLAIN.largest(from, i, to));
      FLOATS.set(into, target, scale);
      target += Float.BYTES;
      if (scale > 0) {
        encode(from, i, to, scale, into, target);
      } else {
        Arrays.fill(into, target, target + to - i, (byte) 0);
      }
      target += LENGTH;
    }
  }

  /**
   * Reads from[offset, offset + bytes(count)) into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  static void decode(byte[] from, int offset, float[] into, int at, int count) {
    int source = offset;
    for (int i = at; i < at + count; i += LENGTH) {
      float scale = (float) FLOATS.get(from, source);
      source += Float.BYTES;
      int to = Math.min(at + count, i + LENGTH);
      for (int k = i; k < to; k++) {
        into[k] = from[source + k - i] * scale;
      }
      source += LENGTH;
    }
  }

  private static void encode(float[] x, int from, int to, float scale, byte[] into, int offset) {
    for (int i = from; i < to; i++) {
      into[offset + i - from] = (byte) (x[i] / scale); // a whole number already
    }
  }

  private static float scale(float largest) {
    float exact = largest / LARGEST;
    if (exact < Float.MIN_NORMAL) {
      return 0;
    }
    int bits = Float.floatToRawIntBits(exact) + FREE & ~FREE;
    return exact <= Float.MAX_VALUE
        ? Float.intBitsToFloat(Math.min(bits, LARGEST_SCALE))
        : Float.NaN;
  }
}
