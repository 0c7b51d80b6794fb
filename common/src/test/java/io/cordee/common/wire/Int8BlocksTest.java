package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Int8BlocksTest {

  private static final float[] EDGES = {
    0f, -0f, Float.MIN_VALUE, -1e-43f, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE
  };

  /** Normal, of one magnitude, or edge cases. */
  private static float[] finite(Random random, int length) {
    float[] values = new float[length];
    float size = (float) Math.pow(10, random.nextInt(-44, 37));
    boolean edges = random.nextInt(3) == 0;
    for (int i = 0; i < length; i++) {
      values[i] =
          edges && random.nextBoolean()
              ? EDGES[random.nextInt(EDGES.length)]
              : (float) random.nextGaussian() * size;
    }
    return values;
  }

  /** By the format's description, value by value; returns the residuals. */
  private static float[] plain(float[] x, ByteBuffer into) {
    float[] residual = new float[x.length];
    for (int start = 0; start < x.length; start += 256) {
      int end = Math.min(x.length, start + 256);
      float max = 0;
      for (int i = start; i < end; i++) {
        max = Math.max(max, Math.abs(x[i]));
      }
      float scale = max / 127;
      while (Float.isInfinite(scale * 127)) {
        scale = Math.nextDown(scale);
      }
      into.putFloat(scale);
      for (int i = start; i < end; i++) {
        double q = scale == 0 ? 0 : Math.rint(x[i] / scale);
        into.put((byte) Math.max(-127, Math.min(127, q)));
        residual[i] = x[i] - into.get(into.position() - 1) * scale;
      }
    }
    return residual;
  }

  @Property(tries = 1000)
  void encodingIsThatOfEachValueByItself(
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int from,
      @ForAll @IntRange(max = 800) int count,
      @ForAll @IntRange(max = 9) int offset) {
    Random random = new Random(seed);
    float[] values = finite(random, from + count + 3);
    float[] unchanged = values.clone();
    float[] residual = new float[values.length];
    for (int i = 0; i < residual.length; i++) {
      residual[i] = values[i] * 0.01f * (random.nextFloat() - 0.5f);
    }
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = values[from + i] + residual[from + i];
      if (Float.isInfinite(x[i])) {
        residual[from + i] = 0;
        x[i] = values[from + i];
      }
    }
    byte[] into = new byte[offset + Int8Blocks.bytes(count) + 3];
    random.nextBytes(into);
    byte[] expected = into.clone();
    float[] expectedResidual = residual.clone();
    ByteBuffer buffer = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    float[] errors = plain(x, buffer.position(offset));
    System.arraycopy(errors, 0, expectedResidual, from, count);

    Int8Blocks.encode(values, from, count, residual, into, offset);
    assertArrayEquals(expected, into);
    assertArrayEquals(unchanged, values);
    for (int i = 0; i < residual.length; i++) {
      assertTrue(expectedResidual[i] == residual[i]);
    }

    float[] decoded = values.clone();
    Int8Blocks.decode(into, offset, decoded, from, count);
    for (int i = 0; i < decoded.length; i++) {
      int k = i - from;
      boolean inside = k >= 0 && k < count;
      int block = offset + k / 256 * (4 + 256);
      assertEquals(
          inside ? into[block + 4 + k % 256] * buffer.getFloat(block) : values[i], decoded[i]);
      assertTrue(Float.isFinite(decoded[i]));
    }
  }

  @Property(tries = 300)
  void theErrorIsAtMostHalfAStep(@ForAll long seed, @ForAll @IntRange(max = 700) int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    byte[] into = new byte[Int8Blocks.bytes(count)];
    float[] decoded = new float[count];
    Int8Blocks.encode(values, 0, count, new float[count], into, 0);
    Int8Blocks.decode(into, 0, decoded, 0, count);
    for (int i = 0; i < count; i++) {
      float scale =
          ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN).getFloat(i / 256 * (256 + 4));
      assertEquals(values[i], decoded[i], 0.5001f * scale);
    }
  }

  /** Error feedback: the residual of one encoding is added to the next. */
  @Property(tries = 50)
  void overManyRoundsNothingIsLost(@ForAll long seed) {
    Random random = new Random(seed);
    int n = 300;
    float[] residual = new float[n];
    double[] sent = new double[n];
    double[] wanted = new double[n];
    byte[] into = new byte[Int8Blocks.bytes(n)];
    float[] decoded = new float[n];
    for (int round = 0; round < 100; round++) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) random.nextGaussian() * (i % 7 == 0 ? 1 : 1e-3f);
        wanted[i] += values[i];
      }
      Int8Blocks.encode(values, 0, n, residual, into, 0);
      Int8Blocks.decode(into, 0, decoded, 0, n);
      for (int i = 0; i < n; i++) {
        sent[i] += decoded[i];
      }
    }
    for (int i = 0; i < n; i++) {
      assertEquals(wanted[i], sent[i] + residual[i], 1e-4);
    }
  }

  @Property(tries = 300)
  void whatIsNotFiniteIsReadAsNanInItsBlockAlone(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    float[] residual = new float[count];
    int at = random.nextInt(count);
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    (random.nextBoolean() ? values : residual)[at] = bad[random.nextInt(3)];
    byte[] into = new byte[Int8Blocks.bytes(count)];
    float[] decoded = new float[count];
    Int8Blocks.encode(values, 0, count, residual, into, 0);
    Int8Blocks.decode(into, 0, decoded, 0, count);
    for (int i = 0; i < count; i++) {
      assertEquals(i / 256 == at / 256, Float.isNaN(decoded[i]));
      assertEquals(0, residual[i]);
    }
  }

  @Test
  void aTieGoesToTheEvenNumber() {
    byte[] into = new byte[Int8Blocks.bytes(4)];
    Int8Blocks.encode(new float[] {127, 2.5f, 3.5f, -2.5f}, 0, 4, new float[4], into, 0);
    assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3F, 127, 2, 4, -2}, into);
  }

  @Test
  void rangesOutsideOfTheArraysAreRefused() {
    float[] two = new float[2];
    byte[] six = new byte[6];
    assertEquals(6, Int8Blocks.bytes(2));
    assertEquals(257 + 8, Int8Blocks.bytes(257));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Int8Blocks.encode(two, 1, 2, new float[9], six, 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Int8Blocks.encode(two, 0, 2, new float[1], six, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> Int8Blocks.encode(two, 0, 2, two, six, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> Int8Blocks.decode(six, 1, two, 0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Int8Blocks.decode(six, 0, two, 1, 2));
  }
}
