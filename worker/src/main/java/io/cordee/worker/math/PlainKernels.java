package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

/** Plain loops along rows of b and c, which the just-in-time compiler vectorises. */
final class PlainKernels implements Kernels {

  /** The row of c that is added to stays in the first-level cache. */
  private static final int WIDEST = 128;

  private final String why;

  /**
   * @param why these, and no others
   */
  PlainKernels(String why) {
    this.why = why;
  }

  @Override
  public String description() {
    return "plain loops (" + why + ")";
  }

  @Override
  public int tileWidth(int columns) {
    return Math.min(columns, WIDEST);
  }

  @Override
  public int tileRows() {
    return 1;
  }

  @Override
  public void tile(
      int width,
      int k,
      float[] a,
      int aFrom,
      int aRow,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom,
      int cRow) {
    packedTile(width, k, a, aFrom, b, bFrom, c, cFrom, cRow);
  }

  @Override
  public void packedTile(
      int width,
      int k,
      float[] a,
      int aFrom,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom,
      int cRow) {
    int p = 0;
    for (; p + 4 <= k; p += 4) {
      int at = aFrom + p;
      addFour(a[at], a[at + 1], a[at + 2], a[at + 3], b, bFrom + p * width, c, cFrom, width);
    }
    for (; p < k; p++) {
      add(a[aFrom + p], b, bFrom + p * width, c, cFrom, width);
    }
    for (int j = cFrom; j < cFrom + width; j++) {
      c[j] += 0f;
    }
  }

  @Override
  public void cut(
      int width, int columns, int rows, float[] from, int at, int row, float[] panels, int to) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j += width) {
        System.arraycopy(from, at + r * row + j, panels, to + j * rows + r * width, width);
      }
    }
  }

  /** Four links of the chains at once, which spares loads and stores of c. */
  private static void addFour(
      float a0, float a1, float a2, float a3, float[] b, int bFrom, float[] c, int cFrom, int n) {
    int b1 = bFrom + n;
    int b2 = b1 + n;
    int b3 = b2 + n;
    for (int j = 0; j < n; j++) {
      float sum = fma(a0, b[bFrom + j], c[cFrom + j]);
      sum = fma(a1, b[b1 + j], sum);
      sum = fma(a2, b[b2 + j], sum);
      c[cFrom + j] = fma(a3, b[b3 + j], sum);
    }
  }

  private static void add(float a, float[] b, int bFrom, float[] c, int cFrom, int n) {
    for (int j = 0; j < n; j++) {
      c[cFrom + j] = fma(a, b[bFrom + j], c[cFrom + j]);
    }
  }
}
