package io.cordee.worker.math;

/** Rows that are multiplied one by one, so that their sums and errors may lie apart. */
public interface RowLists extends SparseRows {

  /**
   * Adds x · w for some rows.
   *
   * @param w [features, width], from an index on
   * @param row how far the sums of two rows are apart
   */
  void addSums(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] w,
      int at,
      float[] sums,
      int to,
      int row);

  /**
   * Adds xᵀ · δ for some rows.
   *
   * @param row how far the errors of two rows are apart
   * @param gradient [features, width], from an index on
   */
  void addGradient(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] errors,
      int at,
      int row,
      float[] gradient,
      int to);

  @Override
  default void addSums(
      Kernels kernels, int from, int rows, int width, float[] w, int at, float[] sums, int to) {
    addSums(kernels, from, rows, width, w, at, sums, to, width);
  }

  @Override
  default void addGradient(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] errors,
      int at,
      float[] gradient,
      int to) {
    addGradient(kernels, from, rows, width, errors, at, width, gradient, to);
  }
}
