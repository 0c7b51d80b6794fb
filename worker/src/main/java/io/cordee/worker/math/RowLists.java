package io.cordee.worker.math;

import java.util.function.IntUnaryOperator;

/** Rows as lists of the features that are not 0, in arrays of their own or mapped. */
public interface RowLists extends SparseRows {

  /**
   * Rows whose features are numbered anew, from 0.
   *
   * @param features what these were, ascending: all that some row has
   */
  record Compact(RowLists rows, int[] features) {}

  /**
   * @param width features that there are, for each of which there may be memory
   */
  Compact compact(long width);

  /**
   * Some of the rows, in arrays.
   *
   * @param row the index of the i-th
   */
  RowLists take(IntUnaryOperator row, int count);

  /** Into [count, width], from index 0; {@code row} is the index of the i-th. */
  void copy(int width, IntUnaryOperator row, int count, float[] into);

  long checksum();

  /** What they take of the heap. */
  long bytes();
}
