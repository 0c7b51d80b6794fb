package io.cordee.common.wire;

/** How workers send gradients: which bytes floats are on their way up. */
public enum Uplink {
  /** As they are. */
  FLOAT32,
  /** Rounded to 8 bits of mantissa: half the bytes. */
  BFLOAT16,
  /** In blocks of 256 with one scale, what is lost being carried to the next round: a quarter. */
  INT8;

  public boolean isLossy() {
    return this != FLOAT32;
  }

  public int bytes(int floats) {
    return switch (this) {
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
  public void decode(byte[] from, int offset, float[] into, int at, int count) {
    switch (this) {
      case FLOAT32 -> FloatCodec.decode(from, offset, into, at, count);
      case BFLOAT16 -> Bfloat16.decode(from, offset, into, at, count);
      case INT8 -> Int8Blocks.decode(from, offset, into, at, count);
    }
  }
}
