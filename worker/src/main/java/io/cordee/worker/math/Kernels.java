package io.cordee.worker.math;

/**
 * The innermost loops of matrix products. Every element of c goes through its own chain c ← fma(a,
 * b, c), so that all implementations have the same bits.
 *
 * <p>A tile is a block of c that is computed at once, in registers if possible; a panel is the
 * columns of b that go with it, [k, width]; rows of all three are some distance apart.
 */
public interface Kernels {

  /** What decides the bits of a gradient: equal words, equal bits. */
  String ARITHMETIC = "exact";

  /**
   * How far copied rows of a are apart: constant, so that one index reaches them all; and a line
   * more than the longest, so that they fall into different sets of a cache.
   */
  int A_ROW = MatrixProduct.DEPTH + CacheLine.FLOATS;

  /** The best of this machine and this Java, chosen on first use. */
  static Kernels fastest() {
    return KernelChoice.FASTEST;
  }

  /** One line for a log: which and why. */
  String description();

  /** The width of the next panel, given the columns left; the first is the widest. */
  int tileWidth(int columns);

  /** The height of tiles, given the rows of c. */
  int tileRows(int rows);

  /** Returns whether rows of a of this length are worth copying to {@link #A_ROW} apart. */
  boolean copiesRows(int k);

  /**
   * into ← c + a · b, of a tile; into may be c. What lies beyond the matrices is read, and what
   * comes of it is undefined.
   *
   * @param height as {@link #tileRows} says
   * @param a [height, k], row-major or column-major
   * @param b [k, width], row-major as c and into
   */
  void tile(int height, int width, int k, Matrix a, Matrix b, Matrix c, Matrix into);

  /**
   * Cuts rows, {@code row} apart from index {@code at} on, into consecutive panels. What the last
   * one has beyond the columns is undefined.
   */
  void cut(int width, int columns, int rows, float[] from, int at, int row, float[] panels, int to);

  /** The width of the next panel for {@link #lists}, given the columns left. */
  int listWidth(int columns);

  /** Rows of c that a list is for. */
  int linesInList();

  /** Rows of b that stay in the first-level cache, for panels of the widest kind. */
  int listDepth();

  /**
   * Adds the products of lists, first to end (exclusive), to consecutive rows of c.
   *
   * @param table the float that each byte stands for
   */
  void lists(
      ByteLists lists,
      int first,
      int end,
      int width,
      float[] table,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom);

  /** c[count] += a · b[count], from these indices on. */
  void add(int count, float a, float[] b, int bFrom, float[] c, int cFrom);

  /**
   * c[width] += Σ values[p] · b's row index[p], for p in [from, to).
   *
   * @param b rows of this width
   */
  void gather(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom);

  void scale(ByteScale scale, byte[] bytes, int from, int count, float[] into, int to);

  /** c's row index[p] += values[p] · b[width], for p in [from, to). */
  void spread(
      int width,
      int[] index,
      float[] values,
      int from,
      int to,
      float[] b,
      int bFrom,
      float[] c,
      int cFrom);
}
