package io.cordee.common.wire;

/**
 * The floats that sums of gradients consist of, and the bytes they are on their way up. Rounding
 * what is rounded changes nothing, so that encoding it loses nothing.
 */
public enum GradientFormat {
  /** Any float, as it is. */
  FLOAT32,
  /** Floats with 8 bits of mantissa: half the bytes. */
  BFLOAT16,
  /** In blocks of 256, multiples of one scale, of up to 127: a quarter. */
  INT8;

  public int bytes(int floats) {
    return switch (this) {
      case FLOAT32 -> Math.multiplyExact(floats, Float.BYTES);
      case BFLOAT16 -> Math.multiplyExact(floats, Short.BYTES);
      case INT8 -> Int8Blocks.bytes(floats);
    };
  }

  /** Rounds x[from, from + count) in place, in blocks from {@code from} on. */
  void round(RoundingLoops loops, float[] x, int from, int count) {
    switch (this) {
      case FLOAT32 -> {}
      case BFLOAT16 -> loops.toBfloat16(x, from, from + count);
      case INT8 -> Int8Blocks.round(loops, x, from, count);
    }
  }

  /**
   * Writes the run from[at, at + count), which is rounded, to into[offset, offset + bytes(count)).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public void encode(float[] from, int at, int count, byte[] into, int offset) {
    switch (this) {
      case FLOAT32 -> FloatCodec.encode(from, at, count, into, offset);
      case BFLOAT16 -> FloatCodec.encodeHalves(from, at, count, into, offset);
      case INT8 -> Int8Blocks.encode(from, at, count, into, offset);
    }
  }

  /**
   * Reads the run that begins at {@code from[offset]} into into[at, at + count).
   *
   * @throws IndexOutOfBoundsException if either range is not one of its array
   */
  public void decode(byte[] from, int offset, float[] into, int at, int count) {
    switch (this) {
      case FLOAT32 -> FloatCodec.decode(from, offset, into, at, count);
      case BFLOAT16 -> FloatCodec.decodeHalves(from, offset, into, at, count);
      case INT8 -> Int8Blocks.decode(from, offset, into, at, count);
    }
  }
}
