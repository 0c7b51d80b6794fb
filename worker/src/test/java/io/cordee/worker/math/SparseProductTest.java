package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Skipping zeros gives the same bits. */
class SparseProductTest {

  private static final ByteScale SCALE = new ByteScale(255);

  private final MatrixProduct dense = new MatrixProduct();

  @Property(tries = 200)
  void sumsAndGradientsAreThoseOfDenseRows(
      @ForAll @IntRange(min = 1, max = 600) int rows,
      @ForAll @IntRange(min = 1, max = 300) int in,
      @ForAll @IntRange(min = 1, max = 300) int out,
      @ForAll long seed) {
    byte[] bytes = bytes(seed, rows * in, 8);
    float[] x = new float[rows * in];
    for (int i = 0; i < x.length; i++) {
      x[i] = (bytes[i] & 0xff) / 255f;
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

    SparseProduct product = dense.newSparseProduct(out);
    float[] gradient = random(seed + 4, out * in);
    for (SparseRows listed :
        List.of(ListedBytes.list(bytes, rows, in, SCALE), floats(x, rows, in))) {
      for (boolean isAgain : new boolean[] {false, true}) {
        float[] sums = z.clone();
        if (!isAgain) {
          product.clear();
        }
        // What is packed counts, not what the array has become.
        product.begin(Matrix.of(isAgain ? new float[out * in] : w, in), in, true);
        for (int from = 0; from < rows; from += SparseRows.BLOCK) {
          int count = Math.min(SparseRows.BLOCK, rows - from);

          product.addSums(listed, from, count, Matrix.of(sums, from * out, out));
          product.addGradient(listed, from, count, Matrix.of(δ, from * out, out));
        }
        product.end(Matrix.of(gradient, in));
        assertSame(expectedSums, sums);
        assertSame(expectedGradient, gradient);
      }
    }
  }

  /** By their bits, but that 0 and −0 are the same. */
  private static void assertSame(float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i] + 0f, found[i] + 0f);
    }
  }

  /** Every second row is moved to the end and selected from there. */
  private static ListedFloats floats(float[] x, int rows, int in) {
    int[] order = new int[rows];
    int[] chosen = new int[rows];
    int next = 0;
    for (int step = 0; step < 2; step++) {
      for (int row = step; row < rows; row += 2) {
        chosen[row] = next;
        order[next++] = row;
      }
    }
    int[] features = new int[x.length];
    float[] values = new float[x.length];
    int[] starts = new int[rows + 1];
    int count = 0;
    for (int i = 0; i < rows; i++) {
      for (int p = 0; p < in; p++) {
        if (x[order[i] * in + p] != 0) {
          features[count] = p;
          values[count++] = x[order[i] * in + p];
        }
      }
      starts[i + 1] = count;
    }
    return new ListedFloats(starts, features, values).take(i -> chosen[i], chosen.length);
  }

  @Test
  void bytesOfWhichFewAreZeroAreNotListed() {
    byte[] full = new byte[100 * 50];
    Arrays.fill(full, (byte) 1);
    assertEquals(Optional.empty(), ListedBytes.of(full, 100, 50, SCALE));
    assertTrue(ListedBytes.of(bytes(1, 100 * 50, 8), 100, 50, SCALE).isPresent());
  }

  /** One byte in {@code one} is not zero. */
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
