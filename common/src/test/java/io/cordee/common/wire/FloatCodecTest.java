package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FloatCodecTest {

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** Floats of any bits, a sixteenth of them NaNs with a payload, signalling ones too. */
  private static float[] randomFloats(int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      int nan = random.nextInt(16) == 0 ? 0x7F800001 : 0;
      values[i] = Float.intBitsToFloat(random.nextInt() | nan);
    }
    return values;
  }

  @Test
  void floatsAreWrittenLowByteFirst() {
    byte[] bytes = new byte[6];
    FloatCodec.encode(new float[] {0, 1.5f}, 1, 1, bytes, 1);
    assertArrayEquals(new byte[] {0, 0, 0, (byte) 0xC0, 0x3F, 0}, bytes);
  }

  @Property(tries = 300)
  void everyBitComesBackAndNothingElseIsTouched(
      @ForAll long seed,
      @ForAll @IntRange(max = 200) int count,
      @ForAll @IntRange(max = 9) int at,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] values = randomFloats(at + count + 3, random);
    byte[] bytes = new byte[offset + 4 * count + 3];
    random.nextBytes(bytes);
    byte[] expected = bytes.clone();
    for (int i = 0; i < 4 * count; i++) {
      int word = Float.floatToRawIntBits(values[at + i / 4]);
      expected[offset + i] = (byte) (word >>> 8 * (i % 4));
    }

    FloatCodec.encode(values, at, count, bytes, offset);
    assertArrayEquals(expected, bytes);

    float[] into = randomFloats(at + count + 3, random);
    float[] decoded = into.clone();
    System.arraycopy(values, at, decoded, at, count);
    FloatCodec.decode(bytes, offset, into, at, count);
    assertArrayEquals(bits(decoded), bits(into));
  }

  @Property(tries = 100)
  void buffersOfAnyKindMoveOnByWhatWasTaken(
      @ForAll long seed, @ForAll @IntRange(max = 200) int count, @ForAll boolean direct) {
    Random random = new Random(seed);
    float[] values = randomFloats(count, random);
    ByteBuffer buffer =
        direct ? ByteBuffer.allocateDirect(4 * count + 8) : ByteBuffer.allocate(4 * count + 8);
    buffer.position(3);

    FloatCodec.encode(values, 0, count, buffer);
    assertEquals(3 + 4 * count, buffer.position());
    assertEquals(ByteOrder.BIG_ENDIAN, buffer.order());

    ByteBuffer source = buffer.position(3).asReadOnlyBuffer();
    float[] decoded = new float[count];
    FloatCodec.decode(source, decoded, 0, count);
    assertEquals(3 + 4 * count, source.position());
    assertArrayEquals(bits(values), bits(decoded));
  }

  @Test
  void rangesOutsideOfTheArraysAreRefused() {
    float[] two = new float[2];
    byte[] eight = new byte[8];
    assertThrows(IndexOutOfBoundsException.class, () -> FloatCodec.encode(two, 1, 2, eight, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> FloatCodec.encode(two, 0, 2, eight, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> FloatCodec.decode(eight, 0, two, 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> FloatCodec.decode(eight, 1, two, 0, 2));
    assertThrows(
        BufferOverflowException.class, () -> FloatCodec.encode(two, 0, 2, ByteBuffer.allocate(7)));
    assertThrows(
        BufferUnderflowException.class, () -> FloatCodec.decode(ByteBuffer.allocate(7), two, 0, 2));
  }
}
