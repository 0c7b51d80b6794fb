package io.cordee.worker.math;

import java.nio.IntBuffer;

/**
 * Rows that have one feature each, with value 1. Threads may share it.
 *
 * @param ids the features, a column of [rows, columns], in memory or mapped
 */
public record SingleIds(IntBuffer ids, int columns, int column) implements RowLists {

  private int id(int row) {
    return ids.get(row * columns + column);
  }

  public int count() {
    return ids.capacity() / columns;
  }

  public int[] all() {
    int[] all = new int[count()];
    for (int row = 0; row < all.length; row++) {
      all[row] = id(row);
    }
    return all;
  }

  /** The chosen rows of all columns, [columns, rows]. */
  public int[][] select(int[] chosen) {
    int[][] selected = new int[columns][chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      int at = chosen[i] * columns;
      for (int c = 0; c < columns; c++) {
        selected[c][i] = ids.get(at + c);
      }
    }
    return selected;
  }

  @Override
  public long multiplied(int from, int rows) {
    return rows;
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
    for (int i = 0; i < rows; i++) {
      kernels.add(width, 1, w, at + id(from + i) * width, sums, to + i * row);
    }
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
    for (int i = 0; i < rows; i++) {
      kernels.add(width, 1, errors, at + i * row, gradient, to + id(from + i) * width);
    }
  }
}
