package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Compute;
import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MatrixProductTest {

  /** The three products, with the shapes in which they keep a and b. */
  private enum Kind {
    A_B,
    AT_B,
    A_BT;

    void add(
        MatrixProduct p,
        int m,
        int n,
        int k,
        float[] a,
        int af,
        float[] b,
        int bf,
        float[] c,
        int cf) {
      switch (this) {
        case A_B -> p.addAB(m, n, k, a, af, b, bf, c, cf);
        case AT_B -> p.addAtB(m, n, k, a, af, b, bf, c, cf);
        case A_BT -> p.addABt(m, n, k, a, af, b, bf, c, cf);
      }
    }

    float a(float[] a, int m, int k, int i, int p) {
      return this == AT_B ? a[p * m + i] : a[i * k + p];
    }

    float b(float[] b, int n, int k, int p, int j) {
      return this == A_BT ? b[j * k + p] : b[p * n + j];
    }
  }

  private static final MatrixProduct BLAS = MatrixProduct.of(Compute.BLAS);
  private static final MatrixProduct PLAIN = MatrixProduct.of(Compute.PORTABLE);

  @Property(tries = 300)
  void everyElementIsTheSumOfItsProducts(
      @ForAll Kind kind,
      @ForAll Compute compute,
      @ForAll @IntRange(min = 1, max = 70) int m,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 70) int k,
      @ForAll long seed) {
    float[] a = random(seed, m * k);
    float[] b = random(seed + 1, k * n);
    float[] c = random(seed + 2, m * n);
    float[] before = c.clone();
    kind.add(compute == Compute.BLAS ? BLAS : PLAIN, m, n, k, a, 0, b, 0, c, 0);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = before[i * n + j];
        for (int p = 0; p < k; p++) {
          sum += (double) kind.a(a, m, k, i, p) * kind.b(b, n, k, p, j);
        }
        assertEquals(sum, c[i * n + j], 1e-6 * (k + 1)); // numbers within ±1
      }
    }
  }

  /** The order of additions is part of what the portable path promises. */
  @Property(tries = 200)
  void plainProductsAddInTheOrderOfK(
      @ForAll Kind kind,
      @ForAll @IntRange(min = 1, max = 40) int m,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 600) int k,
      @ForAll long seed) {
    float[] a = random(seed, m * k);
    float[] b = random(seed + 1, k * n);
    float[] c = random(seed + 2, m * n);
    float[] expected = c.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          expected[i * n + j] += kind.a(a, m, k, i, p) * kind.b(b, n, k, p, j);
        }
      }
    }
    kind.add(PLAIN, m, n, k, a, 0, b, 0, c, 0);
    assertArrayEquals(expected, c);
  }

  /** The collector may move arrays to any multiple of 8 bytes between two runs. */
  @Property(tries = 300)
  void bitsDoNotDependOnWhereTheArraysLie(
      @ForAll Kind kind,
      @ForAll Compute compute,
      @ForAll @IntRange(min = 1, max = 260) int m,
      @ForAll @IntRange(min = 1, max = 260) int n,
      @ForAll @IntRange(min = 1, max = 260) int k,
      @ForAll @IntRange(max = 17) int aFrom,
      @ForAll @IntRange(max = 17) int bFrom,
      @ForAll @IntRange(max = 17) int cFrom) {
    MatrixProduct product = compute == Compute.BLAS ? BLAS : PLAIN;
    float[] a = random(m, m * k);
    float[] b = random(n, k * n);
    float[] expected = random(k, m * n);
    float[] found = shifted(expected, cFrom);
    kind.add(product, m, n, k, a, 0, b, 0, expected, 0);
    kind.add(product, m, n, k, shifted(a, aFrom), aFrom, shifted(b, bFrom), bFrom, found, cFrom);
    assertArrayEquals(expected, Arrays.copyOfRange(found, cFrom, found.length));
  }

  @Test
  void bitsDoNotDependOnHowManyThreadsMultiply() throws Exception {
    int m = 128;
    int n = 300;
    int k = 500;
    float[] a = random(1, m * k);
    float[] b = random(2, k * n);
    float[] expected = new float[m * n];
    BLAS.addAtB(m, n, k, a, 0, b, 0, expected, 0);
    Callable<float[]> multiply =
        () -> {
          MatrixProduct own = MatrixProduct.of(Compute.BLAS);
          float[] c = {};
          for (int i = 0; i < 20; i++) {
            c = new float[m * n];
            own.addAtB(m, n, k, a, 0, b, 0, c, 0);
          }
          return c;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (var result : threads.invokeAll(Stream.generate(() -> multiply).limit(8).toList())) {
        assertArrayEquals(expected, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  private static float[] shifted(float[] values, int from) {
    float[] shifted = new float[from + values.length];
    System.arraycopy(values, 0, shifted, from, values.length);
    return shifted;
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
