package io.cordee.worker.math;

import java.util.function.Supplier;

/**
 * The right factor b[k, n] of a product, packed in the order of its loops: blocks of rows, each cut
 * into consecutive panels [rows of the block, width], the last padded with anything. Holds 4 · k ·
 * n bytes and the padding; panels may be left where they lie instead.
 */
public final class Panels {

  /** The width of the next panel, given the columns left. */
  interface Widths {
    int next(Kernels kernels, int columns);
  }

  private final Supplier<Kernels> source;
  private final Widths widths;
  private final int depth;
  private Kernels kernels;
  private float[] values = {};
  private int start;
  private int k;
  private int n;
  private int padded;

  /** Null if all is packed. */
  private Matrix b;

  private int packedFrom;

  /** True if all of the factor is here, until it changes. */
  private boolean isWhole;

  /**
   * @param depth rows of a block
   */
  Panels(Supplier<Kernels> source, Widths widths, int depth) {
    this.source = source;
    this.widths = widths;
    this.depth = depth;
    kernels = source.get();
  }

  Kernels kernels() {
    return kernels;
  }

  int k() {
    return k;
  }

  int n() {
    return n;
  }

  /** Where the panel with these first row and column begins. */
  int at(int p, int j) {
    return j < packedFrom ? b.at(p, j) : start + p * padded + Math.min(depth, k - p) * j;
  }

  float[] values(int j) {
    return j < packedFrom ? b.values() : values;
  }

  /** The panel with these first row and column. */
  Matrix panel(int p, int j, int width) {
    return new Matrix(values(j), at(p, j), j < packedFrom ? b.row() : width, 1);
  }

  /** The factor differs from now on. */
  public void clear() {
    isWhole = false;
  }

  /** Packs the factor unless it is here; leaves panels in place if told. */
  void ensure(int k, int n, Matrix b, boolean inPlace) {
    if (!isWhole || kernels != source.get()) {
      pack(k, n, b, inPlace);
    }
  }

  /** Replaces what was packed before. */
  void pack(int k, int n, Matrix b) {
    pack(k, n, b, false);
  }

  /**
   * As above; leaves panels in place if told to (rows must be contiguous), the last one only if it
   * is full or may be read past its columns.
   */
  void pack(int k, int n, Matrix b, boolean inPlace) {
    kernels = source.get();
    this.k = k;
    this.n = n;
    int width = widths.next(kernels, n);
    padded = padded(n);
    packedFrom = !inPlace ? 0 : b.reaches(k, padded) ? n : n / width * width;
    this.b = packedFrom > 0 ? b : null;
    isWhole = false;
    if (packedFrom == n) {
      return;
    }
    int length = Math.multiplyExact(k, padded);
    if (values.length < length + CacheLine.FLOATS) {
      values = new float[length + CacheLine.FLOATS];
    }
    start = CacheLine.firstIndex(values);
    for (int p = 0; p < k; p += depth) {
      int rows = Math.min(depth, k - p);
      int j = packedFrom;
      if (b.column() == 1 && !inPlace) {
        j = n / width * width;
        kernels.cut(width, j, rows, b.values(), b.at(p, 0), b.row(), values, at(p, 0));
      }
      while (j < n) {
        int next = widths.next(kernels, n - j);
        int columns = Math.min(next, n - j);
        if (b.column() == 1) {
          kernels.cut(next, columns, rows, b.values(), b.at(p, j), b.row(), values, at(p, j));
        } else {
          b.copyTo(p, rows, j, columns, values, at(p, j), next);
        }
        j += next;
      }
    }
    isWhole = packedFrom == 0;
  }

  /** The columns of all panels together, for n columns of b. */
  int padded(int n) {
    int padded = 0;
    while (padded < n) {
      padded += widths.next(kernels, n - padded);
    }
    return padded;
  }
}
