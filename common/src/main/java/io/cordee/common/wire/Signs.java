package io.cordee.common.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Signs as they travel and are stored: 2 bits each, four to a byte, the first in its lowest bits.
 * 00 is 0, 01 is +1, 11 is −1; 10 is malformed, and so is anything but 00 behind the last sign.
 */
public final class Signs {

  private static final int PER_BYTE = 4;
  private static final int BITS = 2;

  /** A byte's four signs as floats, at four times the byte; NaN where a code is malformed. */
  private static final float[] DECODED = new float[PER_BYTE << Byte.SIZE];

  static {
    float[] meaning = {0, 1, Float.NaN, -1};
    for (int i = 0; i < DECODED.length; i++) {
      DECODED[i] = meaning[i / PER_BYTE >> BITS * (i % PER_BYTE) & 3];
    }
  }

  private Signs() {}

  /** Bytes that this many signs take. */
  public static int bytes(int count) {
    return (int) (((long) count + PER_BYTE - 1) / PER_BYTE);
  }

  /**
   * Writes the signs of g[from, from + count) to into[offset, offset + bytes(count)). As {@link
   * io.cordee.common.kernel.Floats#sign} has it: both zeroes are 0, and the smallest denormal has
   * its sign. What becomes of a NaN is left open.
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void pack(float[] g, int from, int count, byte[] into, int offset) {
    pack(g, 1, from, count, into, offset);
  }

  /** As above, of the first {@code count} elements, each times a factor; from byte 0 on. */
  public static void pack(float[] g, float factor, int count, byte[] into) {
    pack(g, factor, 0, count, into, 0);
  }

  private static void pack(float[] g, float factor, int from, int count, byte[] into, int offset) {
    Objects.checkFromIndexSize(from, count, g.length);
    Objects.checkFromIndexSize(offset, bytes(count), into.length);
    int whole = count / PER_BYTE;
    for (int b = 0, i = from; b < whole; b++, i += PER_BYTE) {
      into[offset + b] =
          (byte)
              (code(factor * g[i])
                  | code(factor * g[i + 1]) << 2
                  | code(factor * g[i + 2]) << 4
                  | code(factor * g[i + 3]) << 6);
    }
    if (whole * PER_BYTE < count) {
      int last = 0;
      for (int i = whole * PER_BYTE; i < count; i++) {
        last |= code(factor * g[from + i]) << BITS * (i % PER_BYTE);
      }
      into[offset + whole] = (byte) last;
    }
  }

  /**
   * Reads {@code count} signs from from[offset, offset + bytes(count)) into into[at, at + count).
   *
   * @throws IllegalArgumentException if a code is malformed, or what is behind the last is not 0;
   *     {@code into} may have been written to
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void unpack(byte[] from, int offset, float[] into, int at, int count) {
    Objects.checkFromIndexSize(at, count, into.length);
    Objects.checkFromIndexSize(offset, bytes(count), from.length);
    int whole = count / PER_BYTE;
    int malformed = 0;
    for (int b = 0, i = at; b < whole; b++, i += PER_BYTE) {
      int four = from[offset + b] & 0xFF;
      malformed |= malformed(four);
      int entry = four * PER_BYTE;
      into[i] = DECODED[entry];
      into[i + 1] = DECODED[entry + 1];
      into[i + 2] = DECODED[entry + 2];
      into[i + 3] = DECODED[entry + 3];
    }
    int rest = count - whole * PER_BYTE;
    if (rest > 0) {
      int last = from[offset + whole] & 0xFF;
      malformed |= malformed(last) | last >> BITS * rest;
      System.arraycopy(DECODED, last * PER_BYTE, into, at + whole * PER_BYTE, rest);
    }
    if (malformed != 0) {
      throw malformed(from, offset, count);
    }
  }

  /**
   * Reads {@code count} signs from the buffer's next bytes into into[at, at + count) and moves its
   * position past them.
   *
   * @throws IllegalArgumentException as above
   * @throws java.nio.BufferUnderflowException if the buffer has fewer bytes left
   */
  public static void unpack(ByteBuffer from, float[] into, int at, int count) {
    if (from.hasArray() && from.remaining() >= bytes(count)) {
      unpack(from.array(), from.arrayOffset() + from.position(), into, at, count);
      from.position(from.position() + bytes(count));
      return;
    }
    byte[] packed = new byte[bytes(count)];
    from.get(packed);
    unpack(packed, 0, into, at, count);
  }

  /** 0, 1 or 3: the low bit is set unless x is 0, the high one where it is below. */
  private static int code(float x) {
    int bits = Float.floatToRawIntBits(x);
    int magnitude = bits & 0x7FFFFFFF;
    int isNotZero = -magnitude >>> 31;
    return isNotZero | (bits >>> 30 & isNotZero << 1);
  }

  /** Not 0 where a high bit of the four codes stands without its low one. */
  private static int malformed(int four) {
    return four & ~(four << 1) & 0xAA;
  }

  private static IllegalArgumentException malformed(byte[] from, int offset, int count) {
    for (int i = 0; i < bytes(count) * PER_BYTE; i++) {
      int code = from[offset + i / PER_BYTE] >> BITS * (i % PER_BYTE) & 3;
      if (code == 2) {
        return new IllegalArgumentException(
            "sign " + i + " of " + count + " has the code 10; expected 00, 01 or 11");
      }
      if (code != 0 && i >= count) {
        return new IllegalArgumentException(
            "expected zeroes behind the last of " + count + " signs; found a code there");
      }
    }
    throw new AssertionError("no sign is malformed");
  }
}
