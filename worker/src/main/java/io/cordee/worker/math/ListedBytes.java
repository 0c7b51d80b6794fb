package io.cordee.worker.math;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows of bytes as lists of non-zeros: by rows for the forward pass and by columns for the backward
 * pass, in blocks of {@link #BLOCK} rows. Immutable.
 *
 * <p>Takes four bytes an entry: for half-zero images, about twice the bytes themselves.
 */
public final class ListedBytes implements SparseRows {

  /** Where more than this share is listed, lists are slower than products of all bytes. */
  private static final double WORTHWHILE = 0.85;

  private static final Kernels KERNELS = Kernels.fastest();

  private final float[] table;

  /** The rows of each block, counted from its first, in the order of the lists. */
  private final int[][] orders;

  private final ByteLists[] byRow;
  private final ByteLists[] byColumn;

  private ListedBytes(float[] table, int[][] orders, ByteLists[] byRow, ByteLists[] byColumn) {
    this.table = table;
    this.orders = orders;
    this.byRow = byRow;
    this.byColumn = byColumn;
  }

  /**
   * @param values [count, width], row-major
   * @return empty if too few are zero
   */
  public static Optional<ListedBytes> of(byte[] values, int count, int width, ByteScale scale) {
    ListedBytes lists = list(values, count, width, scale);
    long listed = 0;
    for (int block = 0; block < lists.byRow.length; block++) {
      listed += lists.byRow[block].entries().length + lists.byColumn[block].entries().length;
    }
    boolean pays = listed * KERNELS.linesInList() <= WORTHWHILE * 2 * count * width;
    return pays ? Optional.of(lists) : Optional.empty();
  }

  /** However few are zero. */
  static ListedBytes list(byte[] values, int count, int width, ByteScale scale) {
    int blocks = (count + BLOCK - 1) / BLOCK;
    int[][] orders = new int[blocks][];
    ByteLists[] byRow = new ByteLists[blocks];
    ByteLists[] byColumn = new ByteLists[blocks];
    int group = KERNELS.linesInList();
    int depth = KERNELS.listDepth();
    for (int block = 0; block < blocks; block++) {
      int from = block * BLOCK;
      int rows = Math.min(BLOCK, count - from);
      orders[block] = new SimilarRows(values, from * width, rows, width).order(group);
      int[] lines = IntStream.of(orders[block]).map(row -> (from + row) * width).toArray();
      int[] columns = IntStream.range(0, width).map(column -> from * width + column).toArray();
      byRow[block] = ByteLists.of(new ByteLists.Bytes(values, lines, width, 1), group, depth);
      byColumn[block] =
          ByteLists.of(new ByteLists.Bytes(values, columns, rows, width), group, depth);
    }
    return new ListedBytes(scale.table(), orders, byRow, byColumn);
  }

  @Override
  public boolean suit(Kernels kernels) {
    return kernels == KERNELS;
  }

  @Override
  public long multiplied(int from, int rows) {
    return (long) byRow[from / BLOCK].entries().length * KERNELS.linesInList();
  }

  @Override
  public int rowAt(int from, int place) {
    return orders[from / BLOCK][place];
  }

  @Override
  public void addSums(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] w,
      int at,
      float[] sums,
      int to,
      int row) {
    multiply(byRow[from / BLOCK], width, w, at, sums, to);
  }

  @Override
  public void addGradient(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] errors,
      int at,
      int row,
      float[] gradient,
      int to) {
    multiply(byColumn[from / BLOCK], width, errors, at, gradient, to);
  }

  /** Block by block of the right factor, so that it stays in the first-level cache. */
  private void multiply(ByteLists lists, int width, float[] b, int at, float[] c, int to) {
    int step = KERNELS.listDepth() * width;
    int place = at;
    for (int first = 0; first < lists.count(); first += lists.groups()) {
      KERNELS.lists(lists, first, first + lists.groups(), width, table, b, place, c, to);
      place += step;
    }
  }
}
