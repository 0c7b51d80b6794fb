package io.cordee.worker.math;

/**
 * Rows of features as non-zeros only: the left factor of the products of a first layer. Immutable.
 *
 * <p>Both products are for {@link SparseProduct}, which multiplies blocks of {@link #BLOCK} rows.
 */
public interface SparseRows {

  int BLOCK = 256;

  default boolean suit(Kernels kernels) {
    return true;
  }

  /** How many features are multiplied for rows from a multiple of {@link #BLOCK} on. */
  long multiplied(int from, int rows);

  /**
   * The row that is at a place among the sums of a block of rows, counted from the block's first.
   */
  default int rowAt(int from, int place) {
    return place;
  }

  /**
   * Adds x · w for rows from a multiple of {@link #BLOCK} on.
   *
   * @param w a panel of the transposed weights, [features, width], from an index on
   * @param sums [rows, width] in the order of {@link #rowAt}, with room for two more rows, from an
   *     index on
   * @param row how far these rows are apart; {@link RowLists} take any distance, others the width
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
   * Adds xᵀ · δ for the same rows.
   *
   * @param errors a panel of δ, [rows, width], from an index on
   * @param row as above, of these
   * @param gradient [features, width], with room for two more rows, from an index on
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
}
