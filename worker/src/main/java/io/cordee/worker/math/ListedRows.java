package io.cordee.worker.math;

import java.util.Optional;

/**
 * Rows of bytes as lists of what is not zero: by rows for the way forward and by columns for the
 * way back, in blocks of {@link #BLOCK} rows. Immutable.
 *
 * <p>Takes four bytes an entry: for images of which half is zero about twice the bytes themselves.
 */
public final class ListedRows {

  /** Rows that are multiplied at once. Their places have to fit into a byte. */
  public static final int BLOCK = 256;

  /** Lists of entries are slower than products of all bytes where more than this are listed. */
  private static final double WORTHWHILE = 0.85;

  private static final Kernels KERNELS = Kernels.fastest();

  private final float[] table;
  private final ByteLists[] rows;
  private final ByteLists[] columns;

  private ListedRows(float[] table, ByteLists[] rows, ByteLists[] columns) {
    this.table = table;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * @param values [count, width], row-major
   * @param table the float that each byte stands for; 0 for 0
   * @return none if too few are zero
   */
  public static Optional<ListedRows> of(byte[] values, int count, int width, float[] table) {
    long entries = 0;
    for (int block = 0; block < blocks(count); block++) {
      int rowGroup = KERNELS.rowsInList();
      int columnGroup = KERNELS.columnsInList();
      entries += rowGroup * ByteLists.entries(rows(values, count, width, block), rowGroup);
      entries += columnGroup * ByteLists.entries(columns(values, count, width, block), columnGroup);
    }
    return entries > WORTHWHILE * 2 * count * width
        ? Optional.empty()
        : Optional.of(list(values, count, width, table));
  }

  /** However many are zero. */
  static ListedRows list(byte[] values, int count, int width, float[] table) {
    ByteLists[] byRow = new ByteLists[blocks(count)];
    ByteLists[] byColumn = new ByteLists[blocks(count)];
    for (int block = 0; block < byRow.length; block++) {
      byRow[block] =
          ByteLists.of(
              rows(values, count, width, block), KERNELS.rowsInList(), KERNELS.listDepth());
      byColumn[block] =
          ByteLists.of(columns(values, count, width, block), KERNELS.columnsInList(), BLOCK);
    }
    return new ListedRows(table, byRow, byColumn);
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

  float[] table() {
    return table;
  }

  ByteLists rows(int block) {
    return rows[block];
  }

  ByteLists columns(int block) {
    return columns[block];
  }
}
