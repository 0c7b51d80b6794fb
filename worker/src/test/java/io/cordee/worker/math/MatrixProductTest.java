package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MatrixProductTest {

  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    -1e-30f,
    1e-20f,
    1e30f,
    -1e38f,
    Float.MAX_VALUE
  };

  private final MatrixProduct product = new MatrixProduct();

  private enum Layout {
    ROWS,
    COLUMNS;

    /**
     * @param gap between rows, or columns
     */
    Matrix of(float[] values, int from, int rows, int columns, int gap) {
      return this == ROWS
          ? Matrix.of(values, from, columns + gap)
          : Matrix.of(values, from, rows + gap).transposed();
    }
  }

  @Property(tries = 500)
  void everyElementIsItsOwnChain(
      @ForAll Layout aLayout,
      @ForAll Layout bLayout,
      @ForAll Layout cLayout,
      @ForAll @IntRange(min = 1, max = 70) int m,
      @ForAll @IntRange(min = 1, max = 150) int n,
      @ForAll @IntRange(min = 1, max = 1100) int k,
      @ForAll @IntRange(max = 17) int from,
      @ForAll @IntRange(max = 40) int gap,
      @ForAll @IntRange(max = 2000) int room,
      @ForAll boolean special,
      @ForAll long seed) {
    checkChains(aLayout, bLayout, cLayout, m, n, k, from, gap, room, special, seed);
  }

  @Property(tries = 300)
  void soIsEachOfFewRows(
      @ForAll Layout aLayout,
      @ForAll Layout bLayout,
      @ForAll Layout cLayout,
      @ForAll @IntRange(min = 1, max = 20) int m,
      @ForAll @IntRange(min = 1, max = 2100) int n,
      @ForAll @IntRange(min = 1, max = 20) int k,
      @ForAll @IntRange(max = 17) int from,
      @ForAll @IntRange(max = 40) int gap,
      @ForAll @IntRange(max = 2000) int room,
      @ForAll boolean special,
      @ForAll long seed) {
    checkChains(aLayout, bLayout, cLayout, m, n, k, from, gap, room, special, seed);
    checkChains(aLayout, bLayout, cLayout, k, m, n, from, gap, room, special, seed);
  }

  @Property(tries = 100)
  void soIsEachOfOneOrTwoRowsWhoseElementsAreFarApart(
      @ForAll Layout bLayout,
      @ForAll Layout cLayout,
      @ForAll @IntRange(min = 1, max = 2) int m,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 1100) int k,
      @ForAll @IntRange(min = 30, max = 60) int gap,
      @ForAll long seed) {
    checkChains(Layout.COLUMNS, bLayout, cLayout, m, n, k, 0, gap, 0, false, seed);
  }

  private void checkChains(
      Layout aLayout,
      Layout bLayout,
      Layout cLayout,
      int m,
      int n,
      int k,
      int from,
      int gap,
      int room,
      boolean special,
      long seed) {
    float[] a = random(seed, from + m * k + gap * Math.max(m, k) + room, special);
    float[] b = random(seed + 1, from + k * n + gap * Math.max(k, n) + room, special);
    float[] c = random(seed + 2, from + m * n + gap * Math.max(m, n) + room, special);
    Matrix left = aLayout.of(a, from, m, k, gap);
    Matrix right = bLayout.of(b, from, k, n, gap);
    Matrix sums = cLayout.of(c, from, m, n, gap);
    float[] expected = c.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = c[sums.at(i, j)];
        for (int p = 0; p < k; p++) {
          sum = Math.fma(a[left.at(i, p)], b[right.at(p, j)], sum);
        }
        expected[sums.at(i, j)] = sum;
      }
    }
    float[] packed = c.clone();
    Panels panels = product.newPanels();
    panels.pack(k, n, right);
    product.add(m, left, panels, cLayout.of(packed, from, m, n, gap));
    assertArrayEquals(expected, packed);
    product.add(m, n, k, left, right, sums);
    assertArrayEquals(expected, c);
  }

  @Test
  void whatLiesBeyondTheMatricesDoesNoHarm() {
    float[] a = random(1, 300, false);
    float[] b = random(2, 300, false);
    float[] c = random(3, 1000, false);
    Arrays.fill(a, 10 * 10, a.length, Float.NaN);
    Arrays.fill(b, 10 * 20, b.length, Float.POSITIVE_INFINITY);
    float[] expected = c.clone();
    Matrix left = Matrix.of(a, 10).transposed();
    product.add(10, 20, 10, left, Matrix.of(b, 20), Matrix.of(c, 20));
    for (int at = 0; at < 10 * 20; at++) {
      for (int p = 0; p < 10; p++) {
        expected[at] = Math.fma(a[p * 10 + at / 20], b[p * 20 + at % 20], expected[at]);
      }
    }
    assertArrayEquals(expected, c);
  }

  @Test
  void aNarrowFactorThatChangedCountsOnceItIsCleared() {
    float[] a = random(1, 40 * 7, false);
    float[] b = random(2, 7 * 5 + 100, false);
    Panels panels = product.newPanels();
    for (int turn = 0; turn < 2; turn++) {
      b[0] += turn;
      panels.clear();
      float[] c = new float[40 * 5];
      product.add(40, 5, 7, Matrix.of(a, 7), Matrix.of(b, 5), panels, Matrix.of(c, 5));
      float[] expected = new float[40 * 5];
      product.add(40, 5, 7, Matrix.of(a, 7), Matrix.of(b, 5), Matrix.of(expected, 5));
      assertArrayEquals(expected, c);
    }
  }

  @Test
  void rowsOfWhichThereIsOneMayBeAnyDistanceApart() {
    float[] a = random(1, 8, false);
    float[] b = random(2, 8 * 40, false);
    float[] expected = new float[40];
    product.add(1, 40, 8, Matrix.of(a, 8), Matrix.of(b, 40), Matrix.of(expected, 40));
    float[] c = new float[40];
    Panels panels = product.newPanels();
    panels.pack(8, 40, Matrix.of(b, 40));
    product.add(1, Matrix.of(a, 8), panels, Matrix.of(c, 1 << 28));
    assertArrayEquals(expected, c);
  }

  @Test
  void whatIsNotFiniteStaysSo() {
    float[] c = new float[2 * 40];
    float[] a = {Float.NaN, 1, Float.POSITIVE_INFINITY, 1};
    float[] b = new float[2 * 40];
    Arrays.fill(b, 2);
    product.add(2, 40, 2, Matrix.of(a, 2), Matrix.of(b, 40), Matrix.of(c, 40));
    for (int j = 0; j < 40; j++) {
      assertEquals(Float.NaN, c[j]);
      assertEquals(Float.POSITIVE_INFINITY, c[40 + j]);
    }
  }

  @Test
  void whatIsPackedCountsUntilItIsCleared() {
    float[] a = random(1, 40 * 7, false);
    float[] b = random(2, 7 * 5, false);
    Panels panels = product.newPanels();
    float[] first = productOfColumns(a, b, panels);
    assertArrayEquals(productOfColumns(a, b, product.newPanels()), first);
    float[] other = random(3, 7 * 5, false);
    assertArrayEquals(first, productOfColumns(a, other, panels));
    panels.clear();
    float[] expected = productOfColumns(a, other, product.newPanels());
    assertArrayEquals(expected, productOfColumns(a, other, panels));
    assertFalse(Arrays.equals(first, expected));
  }

  private float[] productOfColumns(float[] a, float[] b, Panels panels) {
    float[] c = new float[40 * 5];
    product.add(40, 5, 7, Matrix.of(a, 7), Matrix.of(b, 7).transposed(), panels, Matrix.of(c, 5));
    return c;
  }

  @Test
  void packedFactorsMayBecomeSmaller() {
    Panels panels = product.newPanels();
    float[] large = random(1, 100 * 100, false);
    panels.pack(100, 100, Matrix.of(large, 100));
    float[] b = random(2, 7 * 5, false);
    panels.pack(7, 5, Matrix.of(b, 5));
    float[] a = random(3, 4 * 7, false);
    float[] found = new float[20];
    float[] expected = new float[20];
    product.add(4, Matrix.of(a, 7), panels, Matrix.of(found, 5));
    product.add(4, 5, 7, Matrix.of(a, 7), Matrix.of(b, 5), Matrix.of(expected, 5));
    assertArrayEquals(expected, found);
  }

  private static float[] random(long seed, int count, boolean special) {
    SplitMix64 random = new SplitMix64(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
      if (special && random.nextInt(4) == 0) {
        values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return values;
  }
}
