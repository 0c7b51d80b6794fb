package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.common.kernel.Floats;
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

  private static byte[] plain(float[] g, int count) {
    byte[] packed = new byte[(count + 3) / 4];
    for (int i = 0; i < count; i++) {
      int code = g[i] > 0 ? 1 : g[i] < 0 ? 3 : 0;
      packed[i / 4] |= code << 2 * (i % 4);
    }
    return packed;
  }

  @Test
  void theFirstSignStandsInTheLowestBits() {
    byte[] into = {9, 9, 9};
    Signs.pack(new float[] {2, -3, 0, -1e-45f, 1, 5}, 1, 5, into);
    assertArrayEquals(new byte[] {(byte) 0b11_00_11_01, 0b01, 9}, into);
  }

  @Property(tries = 1000)
  void packingIsThatOfEachSignByItself(@ForAll long seed, @ForAll @IntRange(max = 300) int count) {
    Random random = new Random(seed);
    float[] g = numbers(random, count + 3);
    byte[] into = new byte[Signs.bytes(count) + 2];
    random.nextBytes(into);
    byte[] expected = into.clone();
    System.arraycopy(plain(g, count), 0, expected, 0, Signs.bytes(count));
    Signs.pack(g, 1, count, into);
    assertArrayEquals(expected, into);
  }

  @Property(tries = 1000)
  void theSignsComeBackAndNothingElseIsTouched(
      @ForAll long seed, @ForAll @IntRange(max = 300) int count) {
    Random random = new Random(seed);
    float[] g = numbers(random, count);
    byte[] packed = new byte[Signs.bytes(count) + 2];
    random.nextBytes(packed);
    Signs.pack(g, 1, count, packed);
    float[] into = numbers(random, count + 3);
    float[] expected = into.clone();
    for (int i = 0; i < count; i++) {
      expected[i] = Floats.sign(g[i]);
    }
    Signs.unpack(packed, into, count);
    assertArrayEquals(expected, into);
  }

  @Property(tries = 500)
  void aMalformedCodeIsRefusedWhereverItStands(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int count) {
    Random random = new Random(seed);
    byte[] packed = plain(numbers(random, count), count);
    int at = random.nextInt(count);
    packed[at / 4] = (byte) (packed[at / 4] & ~(3 << 2 * (at % 4)) | 2 << 2 * (at % 4));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Signs.unpack(packed, new float[count], count));
    assertEquals(
        "sign " + at + " of " + count + " has the code 10; expected 00, 01 or 11",
        refused.getMessage());
  }

  @Property(tries = 200)
  void whatIsNotZeroBehindTheLastSignIsRefused(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 3) int code) {
    byte[] packed = plain(new float[count], count);
    boolean isFull = count % 4 == 0;
    packed[packed.length - 1] |= (byte) (isFull ? 0 : code << 6);
    if (isFull) {
      Signs.unpack(packed, new float[count], count);
    } else {
      assertThrows(
          IllegalArgumentException.class, () -> Signs.unpack(packed, new float[count], count));
    }
  }

  @Test
  void arraysThatAreTooShortAreRefused() {
    float[] four = new float[4];
    byte[] one = new byte[1];
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.pack(four, 1, 5, new byte[2]));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.pack(new float[5], 1, 5, one));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.unpack(new byte[2], four, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> Signs.unpack(one, new float[5], 5));
  }
}
