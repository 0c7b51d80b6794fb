package io.cordee.worker.math;

import java.util.Optional;

/**
 * Rows of bytes as lists of what is not zero: by rows for the way forward and by columns for the
 * way back, in blocks of {@link #BLOCK} rows. Immutable.
 *
 * <p>Takes four bytes an entry: for images of which half is zero about twice the bytes themselves.
 */
public final class ListedBytes implements SparseRows {

  /** Lists of entries are slower than products of all bytes where more than this are listed. */
  private static final double WORTHWHILE = 0.85;

  private static final Kernels KERNELS = Kernels.fastest();

  private final float[] table;
  private final ByteLists[] byRow;
  private final ByteLists[] byColumn;

  private ListedBytes(float[] table, ByteLists[] byRow, ByteLists[] byColumn) {
    this.table = table;
    this.byRow = byRow;
    this.byColumn = byColumn;
  }

  /**
   * @param values [count, width], row-major
   * @param table the float that each byte stands for; 0 for 0
   * @return none if too few are zero
   */
  public static Optional<ListedBytes> of(byte[] values, int count, int width, float[] table) {
    long entries = 0;
    for (int block = 0; block < blocks(count); block++) {
      int group = KERNELS.linesInList();
      entries += group * ByteLists.entries(rows(values, count, width, block), group);
      entries += group * ByteLists.entries(columns(values, count, width, block), group);
    }
    return entries > WORTHWHILE * 2 * count * width
        ? Optional.empty()
        : Optional.of(list(values, count, width, table));
  }

  /** However many are zero. */
  static ListedBytes list(byte[] values, int count, int width, float[] table) {
    ByteLists[] byRow = new ByteLists[blocks(count)];
    ByteLists[] byColumn = new ByteLists[blocks(count)];
    for (int block = 0; block < byRow.length; block++) {
      byRow[block] =
          ByteLists.of(
              rows(values, count, width, block), KERNELS.linesInList(), KERNELS.listDepth());
      byColumn[block] =
          ByteLists.of(
              columns(values, count, width, block), KERNELS.linesInList(), KERNELS.listDepth());
    }
    return new ListedBytes(table, byRow, byColumn);
  }

  private static int blocks(int count) {
    return (count + BLOCK - 1) / BLOCK;
  }

  private static ByteLists.Bytes rows(byte[] values, int count, int width, int block) {
    int from = block * BLOCK;
    int rows = Math.min(BLOCK, count - from);
    return new ByteLists.Bytes(values, from * width, rows, width, width, 1);
  }

  private static ByteLists.Bytes columns(byte[] values, int count, int width, int block) {
    int from = block * BLOCK;
    int rows = Math.min(BLOCK, count - from);
    return new ByteLists.Bytes(values, from * width, width, 1, rows, width);
  }

  @Override
  public void addSums(int from, int rows, int width, float[] w, int at, float[] sums) {
    multiply(byRow[from / BLOCK], width, w, at, sums, 0);
  }

  @Override
  public void addGradient(
      int from, int rows, int width, float[] errors, int at, float[] gradient, int to) {
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
