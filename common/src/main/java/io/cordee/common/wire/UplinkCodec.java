package io.cordee.common.wire;

/** Which bytes floats are on their way up, by the job's {@link Uplink}. */
public final class UplinkCodec {

  private UplinkCodec() {}

  /** The bytes of a run of this many floats. */
  public static int bytes(Uplink uplink, int floats) {
    return switch (uplink) {
      case FLOAT32 -> Math.multiplyExact(floats, Float.BYTES);
      case BFLOAT16 -> Math.multiplyExact(floats, Short.BYTES);
      case INT8 -> Int8Blocks.bytes(floats);
    };
  }

  /**
   * Reads the run that begins at {@code from[offset]} into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public static void decode(
      Uplink uplink, byte[] from, int offset, float[] into, int at, int count) {
    switch (uplink) {
      case FLOAT32 -> FloatCodec.decode(from, offset, into, at, count);
      case BFLOAT16 -> Bfloat16.decode(from, offset, into, at, count);
      case INT8 -> Int8Blocks.decode(from, offset, into, at, count);
    }
  }
}
