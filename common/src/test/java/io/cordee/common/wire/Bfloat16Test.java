package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

  /** By comparing with both neighbours in double, where all is exact; infinity stands at 2^128. */
  private static short plain(float x) {
    int down = Float.floatToRawIntBits(x) >>> 16;
    double below = exact(down);
    double above = exact(down + 1);
    double middle = (below + above) / 2;
    double size = Math.abs((double) x);
    boolean up = size > Math.abs(middle) || (size == Math.abs(middle) && (down & 1) == 1);
    return (short) (up ? down + 1 : down);
  }

  private static double exact(int bits) {
    float value = Float.intBitsToFloat(bits << 16);
    return Float.isInfinite(value) ? Math.copySign(0x1p128, value) : value;
  }

  @Property(tries = 5000)
  void anyFiniteFloatBecomesTheNearest(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    if (Float.isFinite(x)) {
      assertEquals(plain(x), Bfloat16.of(x));
    }
  }

  @Property(tries = 2000)
  void halfWayTheEvenOneIsTaken(@ForAll short upper) {
    float tie = Float.intBitsToFloat(upper << 16 | 0x8000);
    if (Float.isFinite(tie)) {
      assertEquals(plain(tie), Bfloat16.of(tie));
      assertEquals(0, Bfloat16.of(tie) & 1);
    }
  }

  @Test
  void everyBfloat16ComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float x = Bfloat16.toFloat((short) bits);
      if (Float.isNaN(x)) {
        assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.of(x))));
      } else {
        assertEquals((short) bits, Bfloat16.of(x));
      }
    }
  }

  @Test
  void infinityAndOverflowAreInfiniteAndNanStaysNan() {
    float infinity = Float.POSITIVE_INFINITY;
    assertEquals(infinity, Bfloat16.toFloat(Bfloat16.of(infinity)));
    assertEquals(-infinity, Bfloat16.toFloat(Bfloat16.of(-infinity)));
    assertEquals(infinity, Bfloat16.toFloat(Bfloat16.of(Float.MAX_VALUE)));
    assertEquals(-infinity, Bfloat16.toFloat(Bfloat16.of(-Float.MAX_VALUE)));
    for (int nan : new int[] {0x7FC00000, 0x7F800001, 0x7FFFFFFF, 0xFF800001, 0xFFFFFFFF}) {
      assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.of(Float.intBitsToFloat(nan)))));
    }
  }

  @Property(tries = 300)
  void aRangeIsWrittenLowByteFirstAndNothingElseIsTouched(
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int at,
      @ForAll @IntRange(max = 200) int count,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] values = new float[at + count + 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    byte[] bytes = new byte[offset + 2 * count + 3];
    random.nextBytes(bytes);
    byte[] expected = bytes.clone();
    float[] into = values.clone();
    float[] decoded = values.clone();
    for (int i = 0; i < count; i++) {
      short word = Bfloat16.of(values[at + i]);
      expected[offset + 2 * i] = (byte) word;
      expected[offset + 2 * i + 1] = (byte) (word >> 8);
      decoded[at + i] = Bfloat16.toFloat(word);
    }
    Bfloat16.encode(values, at, count, bytes, offset);
    assertArrayEquals(expected, bytes);
    Bfloat16.decode(bytes, offset, into, at, count);
    assertArrayEquals(decoded, into);
  }

  @Test
  void rangesOutsideOfTheArraysAreRefused() {
    float[] two = new float[2];
    byte[] four = new byte[4];
    assertThrows(IndexOutOfBoundsException.class, () -> Bfloat16.encode(two, 1, 2, four, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> Bfloat16.encode(two, 0, 2, four, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> Bfloat16.decode(four, 0, two, 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Bfloat16.decode(four, 1, two, 0, 2));
  }
}
