package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Lists give the bits of products of all bytes. */
class ListedProductTest {

  private static final float[] TABLE = table();

  private final MatrixProduct dense = new MatrixProduct();

  private static float[] table() {
    float[] table = new float[256];
    for (int value = 0; value < 256; value++) {
      table[value] = value / 255f;
    }
    return table;
  }

  @Property(tries = 200)
  void sumsAndGradientsAreThoseOfAllBytes(
      @ForAll @IntRange(min = 1, max = 600) int rows,
      @ForAll @IntRange(min = 1, max = 300) int in,
      @ForAll @IntRange(min = 1, max = 300) int out,
      @ForAll long seed) {
    byte[] bytes = bytes(seed, rows * in, 8);
    ListedRows listed = ListedRows.list(bytes, rows, in, TABLE);
    float[] x = new float[rows * in];
    for (int i = 0; i < x.length; i++) {
      x[i] = TABLE[bytes[i] & 0xff];
    }
    float[] w = random(seed + 1, out * in);
    float[] δ = random(seed + 2, rows * out);
    float[] z = random(seed + 3, rows * out);
    float[] expectedSums = z.clone();
    float[] expectedGradient = new float[out * in];
    dense.add(
        rows,
        out,
        in,
        Matrix.of(x, in),
        Matrix.of(w, in).transposed(),
        Matrix.of(expectedSums, out));
    dense.add(
        out,
        in,
        rows,
        Matrix.of(δ, out).transposed(),
        Matrix.of(x, in),
        Matrix.of(expectedGradient, in));

    ListedProduct product = new ListedProduct(in, out);
    float[] gradient = random(seed + 4, out * in);
    for (int pass = 0; pass < 2; pass++) {
      float[] sums = z.clone();
      product.begin(Matrix.of(w, in));
      for (int from = 0; from < rows; from += ListedRows.BLOCK) {
        int count = Math.min(ListedRows.BLOCK, rows - from);
        int block = from / ListedRows.BLOCK;
        product.addSums(listed, block, count, Matrix.of(sums, from * out, out));
        product.addGradient(listed, block, count, Matrix.of(δ, from * out, out));
      }
      product.end(Matrix.of(gradient, in));
      assertArrayEquals(expectedSums, sums);
      assertArrayEquals(expectedGradient, gradient);
    }
  }

  @Test
  void bytesOfWhichFewAreZeroAreNotListed() {
    byte[] full = new byte[100 * 50];
    Arrays.fill(full, (byte) 1);
    assertEquals(Optional.empty(), ListedRows.of(full, 100, 50, TABLE));
    assertTrue(ListedRows.of(bytes(1, 100 * 50, 8), 100, 50, TABLE).isPresent());
  }

  /** One byte in so many is not zero. */
  private static byte[] bytes(long seed, int count, int one) {
    SplitMix64 random = new SplitMix64(seed);
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (random.nextInt(one) == 0 ? random.nextInt(256) : 0);
    }
    return bytes;
  }

  private static float[] random(long seed, int count) {
    SplitMix64 random = new SplitMix64(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }
}
