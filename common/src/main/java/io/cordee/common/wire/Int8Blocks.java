package io.cordee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Floats in little more than a quarter of the bytes: blocks of 256 (the last may have fewer), each
 * a scale as a little-endian {@code float32}, then a signed byte q for every value. The scale is
 * max|x| / 127 in float, 0 for a block of zeroes, and never so large that 127 scales are infinite;
 * q is x / scale in float, rounded to the nearest integer, an even one if two are equally near,
 * within [−127, 127]. A value is read as q · scale.
 *
 * <p>A block with a NaN or an infinity gets a scale of NaN, so that all of it is read as NaN.
 */
public final class Int8Blocks {

  /** Values per block. */
  public static final int LENGTH = 256;

  private static final float LARGEST = 127;
  private static final float LARGEST_SCALE = Math.nextDown(Float.MAX_VALUE / LARGEST);

  /** Adding and subtracting this rounds what is small beside it to an integer, half to even. */
  private static final float ROUNDER = 0x1.8p23f;

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private Int8Blocks() {}

  /** Bytes that this many values take. */
  public static int bytes(int count) {
    return Math.toIntExact(count + ((long) count + LENGTH - 1) / LENGTH * Float.BYTES);
  }

  /**
   * Writes x = values[i] + residual[i], for i in [from, from + count), to into[offset, offset +
   * bytes(count)). In the residual, what is read for x is taken from x: carried to the next
   * encoding, no error is lost. It is 0 for a block that is not finite.
   *
   * @param residual indexed as {@code values}, which stays as it is
   * @throws IndexOutOfBoundsException if a range is not one of its array
   */
  public static void encode(
      float[] values, int from, int count, float[] residual, byte[] into, int offset) {
    Objects.checkFromIndexSize(from, count, values.length);
    Objects.checkFromIndexSize(from, count, residual.length);
    Objects.checkFromIndexSize(offset, bytes(count), into.length);
    float[] x = new float[LENGTH];
    float[] carried = new float[LENGTH];
    int at = offset;
    for (int i = from; i < from + count; i += LENGTH) {
      int size = Math.min(from + count - i, LENGTH);
      System.arraycopy(values, i, x, 0, size);
      System.arraycopy(residual, i, carried, 0, size);
      encodeBlock(x, carried, size, into, at);
      System.arraycopy(carried, 0, residual, i, size);
      at += Float.BYTES + LENGTH;
    }
  }

  /**
   * Reads from[offset, offset + bytes(count)) into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void decode(byte[] from, int offset, float[] into, int at, int count) {
    Objects.checkFromIndexSize(at, count, into.length);
    Objects.checkFromIndexSize(offset, bytes(count), from.length);
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

  /** Short loops over arrays of one index each, so that HotSpot vectorises them. */
  private static void encodeBlock(float[] x, float[] residual, int size, byte[] into, int offset) {
    for (int i = 0; i < size; i++) {
      residual[i] += x[i];
    }
    float scale = scale(residual, size);
    FLOATS.set(into, offset, scale);
    int at = offset + Float.BYTES;
    if (!(scale > 0)) {
      // All zeroes, or so small that they become 0 and stay in the residual; or not finite.
      Arrays.fill(into, at, at + size, (byte) 0);
      if (scale != 0) {
        Arrays.fill(residual, 0, size, 0);
      }
      return;
    }
    float[] q = x;
    for (int i = 0; i < size; i++) {
      q[i] = Math.max(-LARGEST, Math.min(LARGEST, residual[i] / scale)) + ROUNDER;
    }
    for (int i = 0; i < size; i++) {
      into[at + i] = (byte) Float.floatToRawIntBits(q[i]); // as ROUNDER's own last bits are 0
    }
    for (int i = 0; i < size; i++) {
      residual[i] -= (q[i] - ROUNDER) * scale;
    }
  }

  private static float scale(float[] x, int size) {
    // Without its sign, the order of floats is that of their bits, NaN above infinity.
    int largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & 0x7FFFFFFF);
    }
    float max = Float.intBitsToFloat(largest);
    return max <= Float.MAX_VALUE ? Math.min(LARGEST_SCALE, max / LARGEST) : Float.NaN;
  }
}
