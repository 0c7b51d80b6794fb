package io.cordee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Signs as they travel and are stored: 2 bits each, four to a byte, the first in its lowest bits.
 * 00 is 0, 01 is +1, 11 is −1; 10 is malformed, and so is anything but 00 behind the last sign.
 */
public final class Signs {

  private static final int PER_BYTE = 4;
  private static final int BITS = 2;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
   * Writes the signs of g[0, count), each times a factor, to the first bytes of {@code into}. As
   * {@link io.cordee.common.kernel.Floats#sign} has it: both zeroes are 0, and the smallest
   * denormal has its sign. What becomes of a NaN is left open.
   *
   * @throws IndexOutOfBoundsException if either array is too short
   */
  public static void pack(float[] g, float factor, int count, byte[] into) {
    Objects.checkFromIndexSize(0, count, g.length);
    Objects.checkFromIndexSize(0, bytes(count), into.length);
    int whole = count / PER_BYTE;
    for (int b = 0, i = 0; b < whole; b++, i += PER_BYTE) {
      into[b] =
          (byte)
              (code(factor * g[i])
                  | code(factor * g[i + 1]) << 2
                  | code(factor * g[i + 2]) << 4
                  | code(factor * g[i + 3]) << 6);
    }
    if (whole * PER_BYTE < count) {
      int last = 0;
      for (int i = whole * PER_BYTE; i < count; i++) {
        last |= code(factor * g[i]) << BITS * (i % PER_BYTE);
      }
      into[whole] = (byte) last;
    }
  }

  /** The signs of all of these floats, as {@link #pack} writes them. */
  public static byte[] packed(float[] g) {
    byte[] packed = new byte[bytes(g.length)];
    pack(g, 1, g.length, packed);
    return packed;
  }

  /**
   * Reads {@code count} signs from the first bytes into into[0, count).
   *
   * @throws IllegalArgumentException if a code is malformed, or what is behind the last is not 0
   * @throws IndexOutOfBoundsException if either array is too short
   */
  public static void unpack(byte[] from, float[] into, int count) {
    Objects.checkFromIndexSize(0, count, into.length);
    check(from, count);
    decode(from, 0, into, count);
  }

  /**
   * Looks at {@code count} signs.
   *
   * @throws IllegalArgumentException if a code is malformed, or what is behind the last is not 0
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public static void check(byte[] packed, int count) {
    int bytes = bytes(count);
    Objects.checkFromIndexSize(0, bytes, packed.length);
    long malformed = 0;
    int b = 0;
    for (; b + Long.BYTES <= bytes; b += Long.BYTES) {
      malformed |= malformed((long) LONGS.get(packed, b));
    }
    for (; b < bytes; b++) {
      malformed |= malformed(packed[b]);
    }
    int rest = count % PER_BYTE;
    if (rest > 0) {
      malformed |= (packed[bytes - 1] & 0xFF) >> BITS * rest;
    }
    if (malformed != 0) {
      throw malformed(packed, count);
    }
  }

  /**
   * Reads signs that have been {@linkplain #check checked} into into[0, count).
   *
   * @param first of them, a multiple of 4
   */
  public static void decode(byte[] from, int first, float[] into, int count) {
    int whole = count / PER_BYTE;
    int at = first / PER_BYTE;
    for (int b = 0, i = 0; b < whole; b++, i += PER_BYTE) {
      int entry = (from[at + b] & 0xFF) * PER_BYTE;
      into[i] = DECODED[entry];
      into[i + 1] = DECODED[entry + 1];
      into[i + 2] = DECODED[entry + 2];
      into[i + 3] = DECODED[entry + 3];
    }
    int rest = count - whole * PER_BYTE;
    if (rest > 0) {
      int entry = (from[at + whole] & 0xFF) * PER_BYTE;
      System.arraycopy(DECODED, entry, into, whole * PER_BYTE, rest);
    }
  }

  /** 0, 1 or 3: the low bit is set unless x is 0, the high one where it is below. */
  private static int code(float x) {
    int bits = Float.floatToRawIntBits(x);
    int magnitude = bits & 0x7FFFFFFF;
    int isNotZero = -magnitude >>> 31;
    return isNotZero | (bits >>> 30 & isNotZero << 1);
  }

  /** Not 0 where the high bit of a code stands without its low one. */
  private static long malformed(long codes) {
    return codes & ~(codes << 1) & 0xAAAA_AAAA_AAAA_AAAAL;
  }

  private static IllegalArgumentException malformed(byte[] from, int count) {
    for (int i = 0; i < bytes(count) * PER_BYTE; i++) {
      int code = from[i / PER_BYTE] >> BITS * (i % PER_BYTE) & 3;
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
