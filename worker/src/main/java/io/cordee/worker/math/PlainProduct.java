package io.cordee.worker.math;

import java.util.Arrays;

/**
 * Products in plain Java: every element of c is ((c + a·b) + a·b) + …, in the order of k. No
 * machine, compiler or vector width can change that.
 *
 * <p>The innermost loops run along rows of b and c, so that the just-in-time compiler vectorises
 * them without touching the order, four rows of b at a time to spare loads and stores of c.
 */
final class PlainProduct implements MatrixProduct {

  /** Floats of a block of b that is used again while it is in the first-level cache. */
  private static final int BLOCK = 4 * 1024;

  /** b transposed, for {@link #addABt}. Grows to the largest one seen. */
  private float[] transposed = {};

  @Override
  public void addAB(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    add(m, n, k, a, aFrom, k, 1, b, bFrom, c, cFrom);
  }

  @Override
  public void addAtB(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    add(m, n, k, a, aFrom, 1, m, b, bFrom, c, cFrom);
  }

  @Override
  public void addABt(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    if (transposed.length < n * k) {
      transposed = Arrays.copyOf(transposed, n * k);
    }
    for (int j = 0; j < n; j++) {
      for (int p = 0; p < k; p++) {
        transposed[p * n + j] = b[bFrom + j * k + p];
      }
    }
    add(m, n, k, a, aFrom, k, 1, transposed, 0, c, cFrom);
  }

  /** c[m, n] += a · b[k, n], where a's element (i, p) lies at aFrom + i·aRow + p·aColumn. */
  private static void add(
      int m,
      int n,
      int k,
      float[] a,
      int aFrom,
      int aRow,
      int aColumn,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    int step = Math.max(4, BLOCK / n / 4 * 4);
    for (int from = 0; from < k; from += step) {
      int to = Math.min(k, from + step);
      int inFours = from + (to - from) / 4 * 4;
      for (int i = 0; i < m; i++) {
        int ai = aFrom + i * aRow;
        int ci = cFrom + i * n;
        for (int p = from; p < inFours; p += 4) {
          int ap = ai + p * aColumn;
          addFourRows(
              a[ap],
              a[ap + aColumn],
              a[ap + 2 * aColumn],
              a[ap + 3 * aColumn],
              b,
              bFrom + p * n,
              c,
              ci,
              n);
        }
        for (int p = inFours; p < to; p++) {
          addRow(a[ai + p * aColumn], b, bFrom + p * n, c, ci, n);
        }
      }
    }
  }

  private static void addFourRows(
      float a0, float a1, float a2, float a3, float[] b, int bFrom, float[] c, int cFrom, int n) {
    int b1 = bFrom + n;
    int b2 = b1 + n;
    int b3 = b2 + n;
    for (int j = 0; j < n; j++) {
      c[cFrom + j] =
          c[cFrom + j] + a0 * b[bFrom + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
    }
  }

  private static void addRow(float a, float[] b, int bFrom, float[] c, int cFrom, int n) {
    for (int j = 0; j < n; j++) {
      c[cFrom + j] += a * b[bFrom + j];
    }
  }

  @Override
  public String arithmetic() {
    return "portable";
  }

  @Override
  public String describe() {
    return "plain Java, a fixed order, 1 thread per product";
  }
}
