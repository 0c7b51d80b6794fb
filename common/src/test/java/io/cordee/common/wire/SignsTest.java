package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.common.kernel.Floats;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SignsTest {

  private static final float[] EDGES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private static float[] numbers(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      float any = Float.intBitsToFloat(random.nextInt());
      values[i] = random.nextBoolean() || Float.isNaN(any) ? EDGES[random.nextInt(8)] : any;
    }
    return values;
  }

  /** One sign after the other. */
  private static byte[] plain(float[] g, int from, int count) {
    byte[] packed = new byte[(count + 3) / 4];
    for (int i = 0; i < count; i++) {
      int code = g[from + i] > 0 ? 1 : g[from + i] < 0 ? 3 : 0;
      packed[i / 4] |= code << 2 * (i % 4);
    }
    return packed;
  }

  @Test
  void theFirstSignStandsInTheLowestBits() {
    byte[] into = {9, 9, 9, 9};
    Signs.pack(new float[] {5, 2, -3, 0, -1e-45f, 1}, 1, 5, into, 1);
    assertArrayEquals(new byte[] {9, (byte) 0b11_00_11_01, 0b01, 9}, into);
  }

  @Property(tries = 1000)
  void packingIsThatOfEachSignByItself(
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int from,
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] g = numbers(random, from + count + 3);
    byte[] into = new byte[offset + Signs.bytes(count) + 2];
    random.nextBytes(into);
    byte[] expected = into.clone();
    System.arraycopy(plain(g, from, count), 0, expected, offset, Signs.bytes(count));
    Signs.pack(g, from, count, into, offset);
    assertArrayEquals(expected, into);
  }

  @Property(tries = 1000)
  void theSignsComeBackAndNothingElseIsTouched(
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int at,
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] g = numbers(random, count);
    byte[] packed = new byte[offset + Signs.bytes(count) + 2];
    random.nextBytes(packed);
    Signs.pack(g, 0, count, packed, offset);
    float[] into = numbers(random, at + count + 3);
    float[] expected = into.clone();
    for (int i = 0; i < count; i++) {
      expected[at + i] = Floats.sign(g[i]);
    }
    float[] again = into.clone();
    Signs.unpack(packed, offset, into, at, count);
    assertArrayEquals(expected, into);

    ByteBuffer buffer = ByteBuffer.wrap(packed).position(offset);
    if (random.nextBoolean()) {
      buffer = buffer.asReadOnlyBuffer();
    }
    Signs.unpack(random.nextBoolean() ? buffer.slice() : buffer, again, at, count);
    assertArrayEquals(expected, again);
  }

  @Test
  void aBufferMovesOnByWhatWasTaken() {
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.wrap(new byte[9]), ByteBuffer.allocateDirect(9)}) {
      buffer.position(2);
      Signs.unpack(buffer, new float[9], 0, 9);
      assertEquals(5, buffer.position());
      assertThrows(
          BufferUnderflowException.class, () -> Signs.unpack(buffer, new float[17], 0, 17));
    }
  }

  @Property(tries = 500)
  void aMalformedCodeIsRefusedWhereverItStands(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int count) {
    Random random = new Random(seed);
    byte[] packed = plain(numbers(random, count), 0, count);
    int at = random.nextInt(count);
    packed[at / 4] = (byte) (packed[at / 4] & ~(3 << 2 * (at % 4)) | 2 << 2 * (at % 4));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Signs.unpack(packed, 0, new float[count], 0, count));
    assertEquals(
        "sign " + at + " of " + count + " has the code 10; expected 00, 01 or 11",
        refused.getMessage());
  }

  @Property(tries = 200)
  void whatIsNotZeroBehindTheLastSignIsRefused(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 3) int code) {
    byte[] packed = plain(new float[count], 0, count);
    boolean isFull = count % 4 == 0;
    packed[packed.length - 1] |= (byte) (isFull ? 0 : code << 6);
    if (isFull) {
      Signs.unpack(packed, 0, new float[count], 0, count);
    } else {
      assertThrows(
          IllegalArgumentException.class,
          () -> Signs.unpack(packed, 0, new float[count], 0, count));
    }
  }

  @Test
  void rangesOutsideOfTheArraysAreRefused() {
    float[] five = new float[5];
    byte[] two = new byte[2];
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.pack(five, 1, 5, two, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.pack(five, 0, 5, two, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.unpack(two, 0, five, 1, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.unpack(two, 1, five, 0, 5));
  }
}
