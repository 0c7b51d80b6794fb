package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

/** Plain loops along rows of b and c, which the just-in-time compiler vectorises. */
final class PlainKernels implements Kernels {

  /** Wider rows of c would leave the first-level cache. */
  private static final int WIDEST = 128;

  private final String why;

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
  public int tileRows(int rows) {
    return 1;
  }

  @Override
  public boolean copiesRows(int k) {
    return false;
  }

  @Override
  public void tile(int height, int width, int k, Matrix a, Matrix b, Matrix c, Matrix into) {
    if (into != c) {
      System.arraycopy(c.values(), c.from(), into.values(), into.from(), width);
    }
    float[] factors = a.values();
    int p = 0;
    for (; p + 4 <= k; p += 4) {
      addFour(
          factors[a.at(0, p)],
          factors[a.at(0, p + 1)],
          factors[a.at(0, p + 2)],
          factors[a.at(0, p + 3)],
          b.values(),
          b.at(p, 0),
          b.at(p + 1, 0),
          b.at(p + 2, 0),
          b.at(p + 3, 0),
          into.values(),
          into.from(),
          width);
    }
    for (; p < k; p++) {
      add(width, factors[a.at(0, p)], b.values(), b.at(p, 0), into.values(), into.from());
    }
  }

  @Override
  public void cut(
      int width, int columns, int rows, float[] from, int at, int row, float[] panels, int to) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j += width) {
        int count = Math.min(width, columns - j);
        System.arraycopy(from, at + r * row + j, panels, to + j * rows + r * width, count);
      }
    }
  }

  @Override
  public int listWidth(int columns) {
    return tileWidth(columns);
  }

  @Override
  public int linesInList() {
    return 1;
  }

  @Override
  public int listDepth() {
    return 64;
  }

  @Override
  public void lists(
      ByteLists lists,
      int first,
      int end,
      int width,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int list = first; list < end; list++) {
      int p = lists.starts()[list];
      int to = lists.starts()[list + 1];
      int at = cFrom + (list - first) * width;
      for (; p + 4 <= to; p += 4) {
        addFour(lists.entries(), p, table, b, bFrom, c, at, width);
      }
      for (; p < to; p++) {
        int entry = lists.entries()[p];
        add(width, table[entry & 0xff], b, bFrom + (entry >>> 8) * width, c, at);
      }
    }
  }

  private static void addFour(
      int[] entries, int p, float[] table, float[] b, int bFrom, float[] c, int at, int width) {
    int e0 = entries[p];
    int e1 = entries[p + 1];
    int e2 = entries[p + 2];
    int e3 = entries[p + 3];
    addFour(
        table[e0 & 0xff],
        table[e1 & 0xff],
        table[e2 & 0xff],
        table[e3 & 0xff],
        b,
        bFrom + (e0 >>> 8) * width,
        bFrom + (e1 >>> 8) * width,
        bFrom + (e2 >>> 8) * width,
        bFrom + (e3 >>> 8) * width,
        c,
        at,
        width);
  }

  @Override
  public void gather(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int p = from; p < to; p++) {
      add(width, values[p], b, bFrom + index[p] * width, c, cFrom);
    }
  }

  @Override
  public void spread(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom) {
    for (int p = from; p < to; p++) {
      add(width, values[p], b, bFrom, c, cFrom + index[p] * width);
    }
  }

  /** Four links of the chains at once, which spares loads and stores of c. */
  private static void addFour(
      float a0,
      float a1,
      float a2,
      float a3,
      float[] b,
      int b0,
      int b1,
      int b2,
      int b3,
      float[] c,
      int cFrom,
      int n) {
    for (int j = 0; j < n; j++) {
      float sum = fma(a0, b[b0 + j], c[cFrom + j]);
      sum = fma(a1, b[b1 + j], sum);
      sum = fma(a2, b[b2 + j], sum);
      c[cFrom + j] = fma(a3, b[b3 + j], sum);
    }
  }

  @Override
  public void add(int count, float a, float[] b, int bFrom, float[] c, int cFrom) {
    for (int j = 0; j < count; j++) {
      c[cFrom + j] = fma(a, b[bFrom + j], c[cFrom + j]);
    }
  }

  @Override
  public void scale(ByteScale scale, byte[] bytes, int from, int count, float[] into, int to) {
    float[] table = scale.table();
    for (int i = 0; i < count; i++) {
      into[to + i] = table[bytes[from + i] & 0xff];
    }
  }
}
