package io.cordee.worker.math;

import java.util.Arrays;

/**
 * The two products of a layer with rows that are {@link ListedRows}: weighted sums, and the
 * gradient of the weights. The bits are those of {@link MatrixProduct}.
 *
 * <p>Not thread-safe. Owns a packed copy of the weights and the transposed gradient.
 */
public final class ListedProduct {

  private final Kernels kernels = Kernels.fastest();
  private final int in;
  private final int out;
  private final Panels weights;
  private final Panels errors;
  private final float[] sums;
  private final float[] gradient;

  public ListedProduct(int in, int out) {
    this.in = in;
    this.out = out;
    weights = new Panels(Kernels::fastest, Kernels::listWidth, in);
    errors = new Panels(Kernels::fastest, Kernels::listWidth, ListedRows.BLOCK);
    sums = new float[(ListedRows.BLOCK + kernels.rowsInList()) * kernels.listWidth(out)];
    gradient = new float[height() * weights.padded(out)];
  }

  /** Rows of the transposed gradient, with those that fill up the last group. */
  private int height() {
    int group = kernels.columnsInList();
    return (in + group - 1) / group * group;
  }

  /**
   * Begins a pass over the rows of a partition.
   *
   * @param w the weights, [out, in]
   */
  public void begin(Matrix w) {
    weights.pack(in, out, w.transposed());
    Arrays.fill(gradient, 0);
  }

  /** z[rows, out] += x · wᵀ for the rows of a block. */
  public void addSums(ListedRows x, int block, int rows, Matrix z) {
    ByteLists lists = x.rows(block);
    int at = 0;
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      int columns = Math.min(width, out - j);
      z.copyTo(0, rows, j, columns, sums, 0, width);
      int depth = kernels.listDepth();
      for (int p = 0, first = 0; p < in; p += depth, first += lists.groups()) {
        int end = first + lists.groups();
        kernels.lists(
            lists, first, end, width, x.table(), weights.values(), at + p * width, sums, 0);
      }
      z.copyFrom(0, rows, j, columns, sums, 0, width);
      at += in * width;
      j += width;
    }
  }

  /** Adds the gradient of a block's rows: δᵀ · x, with δ[rows, out]. */
  public void addGradient(ListedRows x, int block, int rows, Matrix δ) {
    errors.pack(rows, out, δ);
    ByteLists lists = x.columns(block);
    int at = 0;
    int from = 0;
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      kernels.lists(
          lists, 0, lists.groups(), width, x.table(), errors.values(), at, gradient, from);
      at += rows * width;
      from += height() * width;
      j += width;
    }
  }

  /** Ends the pass: writes the gradient of the weights, [out, in]. */
  public void end(Matrix w) {
    int from = 0;
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      int columns = Math.min(width, out - j);
      w.transposed().copyFrom(0, in, j, columns, gradient, from, width);
      from += height() * width;
      j += width;
    }
  }
}
