package io.cordee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Floats as they travel and are stored: {@code float32}, little-endian, bit for bit (a NaN keeps
 * its payload). In bulk; on a little-endian machine it is a copy of memory. Those that are bfloat16
 * may travel as their upper 16 bits.
 */
public final class FloatCodec {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private FloatCodec() {}

  /**
   * Writes from[at, at + count) to into[offset, offset + 4 · count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void encode(float[] from, int at, int count, byte[] into, int offset) {
    encode(from, at, count, ByteBuffer.wrap(into, offset, bytes(count)));
  }

  /**
   * Writes from[at, at + count) to the buffer's next 4 · count bytes and moves its position past
   * them; its byte order does not matter and stays.
   *
   * @throws java.nio.BufferOverflowException if the buffer has fewer bytes left
   */
  public static void encode(float[] from, int at, int count, ByteBuffer into) {
    view(into).asFloatBuffer().put(from, at, count);
    into.position(into.position() + bytes(count));
  }

  /**
   * Reads from[offset, offset + 4 · count) into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void decode(byte[] from, int offset, float[] into, int at, int count) {
    decode(ByteBuffer.wrap(from, offset, bytes(count)), into, at, count);
  }

  /**
   * Reads the buffer's next 4 · count bytes into into[at, at + count) and moves its position past
   * them; its byte order does not matter and stays.
   *
   * @throws java.nio.BufferUnderflowException if the buffer has fewer bytes left
   */
  public static void decode(ByteBuffer from, float[] into, int at, int count) {
    view(from).asFloatBuffer().get(into, at, count);
    from.position(from.position() + bytes(count));
  }

  /** Writes the upper halves of from[at, at + count) to into[offset, offset + 2 · count). */
  static void encodeHalves(float[] from, int at, int count, byte[] into, int offset) {
    for (int i = 0; i < count; i++) {
      int upper = Float.floatToRawIntBits(from[at + i]) >>> 16;
      SHORTS.set(into, offset + Short.BYTES * i, (short) upper);
    }
  }

  /** Reads what {@link #encodeHalves} has written. */
  static void decodeHalves(byte[] from, int offset, float[] into, int at, int count) {
    for (int i = 0; i < count; i++) {
      int upper = (short) SHORTS.get(from, offset + Short.BYTES * i);
      into[at + i] = Float.intBitsToFloat(upper << 16);
    }
  }

  private static ByteBuffer view(ByteBuffer buffer) {
    return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int bytes(int floats) {
    return Math.multiplyExact(floats, Float.BYTES);
  }
}
