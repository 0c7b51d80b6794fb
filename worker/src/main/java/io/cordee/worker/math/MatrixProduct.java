package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

import io.cordee.common.kernel.PlainFirst;

/**
 * Matrix products whose bits are the same on any machine: every element of c goes through its own
 * chain c ← fma(a, b, c), in the order of k.
 *
 * <p>Not thread-safe: an instance owns scratch.
 */
public final class MatrixProduct {

  /** Elements of {@link #newArray} at most: a Java array may lack a few of 2^31 elements. */
  public static final int LONGEST = Integer.MAX_VALUE - 2 * CacheLine.FLOATS;

  /** Rows of b in a panel: 512 of 32 floats, 64 KiB. */
  static final int DEPTH = 512;

  /** Columns of b that go with a tile's rows of a: with their depth 512 KiB, in the same cache. */
  private static final int COLUMNS = 256;

  /** From here on, if b has few rows, adding multiples of them to c's in place pays. */
  private static final int MANY_COLUMNS = 384;

  /** Below, vectors of rows instead of columns pay, if packing b would transpose it. */
  private static final int FEW_ROWS = 16;

  /** Up to here, packing costs more than it gains, unless a single tile is as wide as c. */
  private static final int TOO_FEW_TO_PACK = 2;

  /** Columns of a row that stay in the first-level cache while others are added: 4 KiB. */
  private static final int STRETCH = 1024;

  /**
   * The rows of a panel times the largest power of 2 in their distance. Beyond this, a panel's rows
   * fall into too few of the first-level cache's sets (64, of 8 lines of at least 16 floats).
   */
  private static final int APART = 64 * 8 * 16;

  /** Columns of a this close are multiplied where they lie: 256 of them are 32 KiB. */
  private static final int CLOSE = 32;

  /** Floats of b that stay in the second-level cache until they are multiplied: 512 KiB. */
  private static final int NEAR = 1 << 17;

  /** Chains side by side. */
  private static final int DOTS = 8;

  private final PlainFirst<Kernels> choice = KernelChoice.make();
  private final Panels packed = newPanels();
  private float[] left = {};

  /** A tile's rows of a, if they are contiguous and not read in place. */
  private float[] rows = {};

  /** A tile that exceeds c, or whose rows are not contiguous. */
  private float[] tile = {};

  /** For a matrix, with room behind it that tiles may read. */
  public static float[] newArray(int elements) {
    return new float[elements + CacheLine.FLOATS];
  }

  /** For a first layer on sparse rows. */
  public SparseProduct newSparseProduct(int out) {
    return new SparseProduct(choice, out);
  }

  /** By what is multiplied, elsewhere too. */
  public PlainFirst<Kernels> choice() {
    return choice;
  }

  /** For a right factor. */
  public Panels newPanels() {
    return new Panels(choice, Kernels::tileWidth, DEPTH);
  }

  public boolean isFast() {
    return choice.get() == Kernels.fastest();
  }

  public boolean suits(SparseRows rows) {
    return rows.suit(choice.get());
  }

  /** c[m, n] += a[m, k] · b[k, n]. */
  public void add(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    packed.clear();
    add(m, n, k, a, b, packed, c);
  }

  /**
   * As above, for a b that is used again.
   *
   * @param panels of b, to be cleared when it changes
   */
  public void add(int m, int n, int k, Matrix a, Matrix b, Panels panels, Matrix c) {
    boolean areRows = b.column() == 1 && c.column() == 1;
    boolean areFew =
        m <= TOO_FEW_TO_PACK && n > choice.get().tileWidth(1)
            || k <= TOO_FEW_TO_PACK && n >= MANY_COLUMNS;
    if (areRows && areFew) {
      choice.run((long) m * n * k, kernels -> addRows(kernels, m, n, k, a, b, c));
    } else if (m <= TOO_FEW_TO_PACK && a.column() == 1 && b.row() == 1 && c.column() == 1) {
      addDots(m, n, k, a, b, c);
    } else if (m < FEW_ROWS && m < n && b.column() != 1) {
      packed.pack(k, m, a.transposed());
      add(n, b.transposed(), packed, c.transposed());
    } else {
      panels.ensure(k, n, b, mayStay(m, k, b));
      add(m, a, panels, c);
    }
  }

  /** Returns whether packing b costs more than it gains. */
  private boolean mayStay(int m, int k, Matrix b) {
    boolean isNear = (long) k * b.row() <= NEAR;
    boolean areApart = Math.min(DEPTH, k) * Integer.lowestOneBit(b.row()) <= APART;
    return b.column() == 1 && (isNear && areApart || m <= choice.get().tileRows(Integer.MAX_VALUE));
  }

  /** Multiples of b's rows to c's, in the order that passes once through the taller of the two. */
  private static void addRows(Kernels kernels, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    if (m < k) {
      for (int j = 0; j < n; j += STRETCH) {
        for (int p = 0; p < k; p++) {
          for (int i = 0; i < m; i++) {
            addStretch(kernels, n, a, b, c, i, p, j);
          }
        }
      }
    } else {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j += STRETCH) {
          for (int p = 0; p < k; p++) {
            addStretch(kernels, n, a, b, c, i, p, j);
          }
        }
      }
    }
  }

  private static void addStretch(
      Kernels kernels, int n, Matrix a, Matrix b, Matrix c, int i, int p, int j) {
    float factor = a.values()[a.at(i, p)];
    int columns = Math.min(STRETCH, n - j);
    kernels.add(columns, factor, b.values(), b.at(p, j), c.values(), c.at(i, j));
  }

  /** Products of a's rows and b's columns, both contiguous. */
  private static void addDots(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j += DOTS) {
        int count = Math.min(DOTS, n - j);
        dots(
            count,
            k,
            a.values(),
            a.at(i, 0),
            b.values(),
            b.at(0, j),
            b.column(),
            c.values(),
            c.at(i, j));
      }
    }
  }

  /**
   * Eight chains side by side, to hide the latency of each. With fewer columns, the last is
   * repeated.
   */
  private static void dots(
      int count, int k, float[] a, int aFrom, float[] b, int b0, int bColumn, float[] c, int at) {
    int last = count - 1;
    int at1 = Math.min(1, last);
    int at2 = Math.min(2, last);
    int at3 = Math.min(3, last);
    int at4 = Math.min(4, last);
    int at5 = Math.min(5, last);
    int at6 = Math.min(6, last);
    int b1 = b0 + at1 * bColumn;
    int b2 = b0 + at2 * bColumn;
    int b3 = b0 + at3 * bColumn;
    int b4 = b0 + at4 * bColumn;
    int b5 = b0 + at5 * bColumn;
    int b6 = b0 + at6 * bColumn;
    int b7 = b0 + last * bColumn;
    float c0 = c[at];
    float c1 = c[at + at1];
    float c2 = c[at + at2];
    float c3 = c[at + at3];
    float c4 = c[at + at4];
    float c5 = c[at + at5];
    float c6 = c[at + at6];
    float c7 = c[at + last];
    for (int p = 0; p < k; p++) {
      float factor = a[aFrom + p];
      c0 = fma(factor, b[b0 + p], c0);
      c1 = fma(factor, b[b1 + p], c1);
      c2 = fma(factor, b[b2 + p], c2);
      c3 = fma(factor, b[b3 + p], c3);
      c4 = fma(factor, b[b4 + p], c4);
      c5 = fma(factor, b[b5 + p], c5);
      c6 = fma(factor, b[b6 + p], c6);
      c7 = fma(factor, b[b7 + p], c7);
    }
    c[at] = c0;
    c[at + at1] = c1;
    c[at + at2] = c2;
    c[at + at3] = c3;
    c[at + at4] = c4;
    c[at + at5] = c5;
    c[at + at6] = c6;
    c[at + last] = c7;
  }

  /** c[m, n] += a[m, k] · b, with the k and n of b. */
  void add(int m, Matrix a, Panels b, Matrix c) {
    long start = System.nanoTime();
    Kernels kernels = b.kernels();
    int height = kernels.tileRows(m);
    int largest = height * kernels.tileWidth(Integer.MAX_VALUE);
    if (tile.length < largest) {
      tile = new float[largest];
    }
    if (rows.length < height * Kernels.A_ROW) {
      rows = new float[height * Kernels.A_ROW];
    }
    int read = (m + height - 1) / height * height;
    boolean isClose = a.column() <= CLOSE && a.reaches(read, b.k());
    boolean isPacked = height > 1 && a.column() != 1 && !isClose;
    for (int p = 0; p < b.k(); p += DEPTH) {
      int depth = Math.min(DEPTH, b.k() - p);
      if (isPacked) {
        packLeft(kernels, height, a, m, p, depth);
      }
      for (int block = 0; block < b.n(); block += COLUMNS) {
        int end = Math.min(b.n(), block + COLUMNS);
        for (int i = 0; i < m; i += height) {
          int count = Math.min(height, m - i);
          Matrix part = isPacked ? new Matrix(left, i * depth, 1, height) : a.part(i, p);
          if (a.column() == 1 && height > 1 && (count < height || kernels.copiesRows(depth))) {
            a.copyTo(i, count, p, depth, rows, 0, Kernels.A_ROW);
            part = Matrix.of(rows, Kernels.A_ROW);
          }
          for (int j = block; j < end; j += kernels.tileWidth(b.n() - j)) {
            addTile(height, count, depth, part, b, p, c, i, j);
          }
        }
      }
    }
    choice.took((long) m * b.n() * b.k(), start);
  }

  private void addTile(
      int height, int count, int depth, Matrix part, Panels b, int p, Matrix c, int i, int j) {
    Kernels kernels = b.kernels();
    int width = kernels.tileWidth(b.n() - j);
    int columns = Math.min(width, b.n() - j);
    boolean areRows = c.column() == 1;
    boolean isWhole = areRows && count == height && columns == width;
    boolean isInPlace = areRows && 2 * count >= height && c.part(i, j).reaches(height, width);
    Matrix from = isInPlace ? c.part(i, j) : Matrix.of(tile, width);
    Matrix into = isInPlace && !isWhole ? Matrix.of(tile, width) : from;
    if (!isInPlace) {
      c.copyTo(i, count, j, columns, tile, 0, width);
    }
    kernels.tile(height, width, depth, part, b.panel(p, j, width), from, into);
    if (!isWhole) {
      c.copyFrom(i, count, j, columns, tile, 0, width);
    }
  }

  /**
   * Packs contiguous columns of a, tile by tile: [depth, height]; what the last one has beyond m is
   * undefined.
   */
  private void packLeft(Kernels kernels, int height, Matrix a, int m, int p, int depth) {
    int tiles = (m + height - 1) / height;
    if (left.length < tiles * depth * height) {
      left = new float[tiles * depth * height];
    }
    kernels.cut(height, m, depth, a.values(), a.at(0, p), a.column(), left, 0);
  }
}
