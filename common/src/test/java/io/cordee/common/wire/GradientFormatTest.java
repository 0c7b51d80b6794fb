package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GradientFormatTest {

  private static final float[] EDGES = {
    0f, -0f, Float.MIN_VALUE, -1e-43f, Float.MIN_NORMAL, 127 * Float.MIN_NORMAL, Float.MAX_VALUE
  };

  /** Normal, of one magnitude; a third of the arrays has edge cases. */
  private static float[] finite(Random random, int length) {
    float[] values = new float[length];
    float size = (float) Math.pow(10, random.nextInt(-44, 38));
    boolean edges = random.nextInt(3) == 0;
    for (int i = 0; i < length; i++) {
      float edge = EDGES[random.nextInt(EDGES.length)];
      values[i] =
          edges && random.nextBoolean()
              ? random.nextBoolean() ? edge : -edge
              : (float) random.nextGaussian() * size;
    }
    return values;
  }

  private static float[] rounded(GradientFormat format, float[] x) {
    float[] rounded = x.clone();
    format.round(RoundingLoops.PLAIN, rounded, 0, x.length);
    return rounded;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0, 0",
    "FLOAT32, 300, 1200",
    "BFLOAT16, 0, 0",
    "BFLOAT16, 300, 600",
    "INT8, 0, 0",
    "INT8, 256, 260",
    "INT8, 300, 308"
  })
  void aRunTakesAsManyBytesAsTheContractSays(GradientFormat format, int floats, int bytes) {
    assertEquals(bytes, format.bytes(floats));
  }

  @Property(tries = 2000)
  void whatIsRoundedTravelsAsItIsAndStaysWhenItIsRoundedAgain(
      @ForAll GradientFormat format,
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int from,
      @ForAll @IntRange(max = 800) int count,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] values = finite(random, from + count + 3);
    float[] rounded = values.clone();
    format.round(RoundingLoops.PLAIN, rounded, from, count);
    float[] again = rounded.clone();
    format.round(RoundingLoops.PLAIN, again, from, count);
    // A bfloat16 may be infinite, and -0 stay what it is.
    assertArrayEquals(rounded, again);

    byte[] bytes = new byte[offset + format.bytes(count) + 3];
    random.nextBytes(bytes);
    byte[] before = bytes.clone();
    format.encode(rounded, from, count, bytes, offset);
    int end = offset + format.bytes(count);
    assertArrayEquals(Arrays.copyOf(before, offset), Arrays.copyOf(bytes, offset));
    assertArrayEquals(
        Arrays.copyOfRange(before, end, before.length),
        Arrays.copyOfRange(bytes, end, bytes.length));
    float[] decoded = values.clone();
    format.decode(bytes, offset, decoded, from, count);
    assertArrayEquals(rounded, decoded);
  }

  @Property(tries = 1000)
  void vectorsRoundAsPlainLoopsDo(
      @ForAll GradientFormat format,
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int from,
      @ForAll @IntRange(max = 800) int count) {
    Random random = new Random(seed);
    float[] plain = finite(random, from + count + 3);
    if (random.nextInt(4) == 0) {
      plain[random.nextInt(plain.length)] = Float.intBitsToFloat(random.nextInt());
    }
    float[] vectors = plain.clone();
    format.round(RoundingLoops.PLAIN, plain, from, count);
    format.round(RoundingLoops.vectors(), vectors, from, count);
    for (int i = 0; i < plain.length; i++) {
      assertEquals(Float.floatToRawIntBits(plain[i]), Float.floatToRawIntBits(vectors[i]));
    }
  }

  /** By the format's description, value by value. */
  @Property(tries = 1000)
  void int8IsTheNearestMultipleOfTheBlocksScale(
      @ForAll long seed, @ForAll @IntRange(max = 800) int count) {
    float[] x = finite(new Random(seed), count);
    float[] rounded = rounded(GradientFormat.INT8, x);
    for (int start = 0; start < count; start += 256) {
      int end = Math.min(count, start + 256);
      float max = 0;
      for (int i = start; i < end; i++) {
        max = Math.max(max, Math.abs(x[i]));
      }
      double scale = max / 127;
      if (scale < Float.MIN_NORMAL) {
        scale = 0;
      } else {
        double step = Math.ulp(max / 127) * 256;
        double most = Math.floor(Float.MAX_VALUE / 127.0 / 0x1p106) * 0x1p106;
        scale = Math.min(Math.ceil(scale / step) * step, most);
      }
      for (int i = start; i < end; i++) {
        double q = scale == 0 ? 0 : Math.rint(x[i] * (1 / (float) scale));
        assertTrue(Math.abs(q) <= 127);
        assertEquals(q * scale, (double) rounded[i], 0);
      }
    }
  }

  @Test
  void anInt8TieGoesToTheEvenNumber() {
    float[] rounded = rounded(GradientFormat.INT8, new float[] {127, 2.5f, 3.5f, -2.5f, -0.5f});
    assertArrayEquals(new float[] {127, 2, 4, -2, 0}, rounded);
    byte[] bytes = new byte[GradientFormat.INT8.bytes(5)];
    GradientFormat.INT8.encode(rounded, 0, 5, bytes, 0);
    assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3F, 127, 2, 4, -2, 0}, bytes);
  }

  @Test
  void whatIsNotFiniteSpoilsItsInt8BlockAlone() {
    GradientFormat format = GradientFormat.INT8;
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] x = new float[600];
      Arrays.fill(x, 3);
      x[300] = bad;
      float[] rounded = rounded(format, x);
      byte[] bytes = new byte[format.bytes(600)];
      format.encode(rounded, 0, 600, bytes, 0);
      float[] decoded = new float[600];
      format.decode(bytes, 0, decoded, 0, 600);
      for (int i = 0; i < 600; i++) {
        boolean isInBlock = i / 256 == 1;
        assertEquals(isInBlock, Float.isNaN(rounded[i]));
        assertEquals(isInBlock, Float.isNaN(decoded[i]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(GradientFormat.class)
  void rangesOutsideOfTheArraysAreRefused(GradientFormat format) {
    float[] two = new float[2];
    byte[] bytes = new byte[format.bytes(2)];
    assertThrows(IndexOutOfBoundsException.class, () -> format.encode(two, 1, 2, bytes, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> format.encode(two, 0, 2, bytes, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> format.decode(bytes, 1, two, 0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> format.decode(bytes, 0, two, 1, 2));
  }
}
