package io.cordee.worker.math;

import io.cordee.common.kernel.Vectors;

/**
 * A view of an array as a matrix: element (i, j) is at from + i · row + j · column. Either rows or
 * columns are contiguous.
 */
public record Matrix(float[] values, int from, int row, int column) {

  /** Columns transposed together, so that the lines that they are written to stay in the cache. */
  private static final int STRETCH = 32;

  /** Row-major and contiguous. */
  public static Matrix of(float[] values, int from, int columns) {
    return new Matrix(values, from, columns, 1);
  }

  public static Matrix of(float[] values, int columns) {
    return of(values, 0, columns);
  }

  public Matrix transposed() {
    return new Matrix(values, from, column, row);
  }

  /** The part that begins with this element. */
  Matrix part(int i, int j) {
    return new Matrix(values, at(i, j), row, column);
  }

  /** Returns whether the array goes on for this many rows and columns. */
  boolean reaches(int rows, int columns) {
    return (rows - 1L) * row + (columns - 1L) * column < values.length - from;
  }

  int at(int i, int j) {
    return from + i * row + j * column;
  }

  /** Copies a block into rows of this width, from an index on. */
  void copyTo(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column != 1) {
      transpose(columns, rows, values, at(i, j), column, block, at, width);
      return;
    }
    for (int r = 0; r < rows; r++) {
      Vectors.copy(values, at(i + r, j), block, at + r * width, columns);
    }
  }

  /** The inverse of {@link #copyTo}. */
  void copyFrom(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column != 1) {
      transpose(rows, columns, block, at, width, values, at(i, j), column);
      return;
    }
    for (int r = 0; r < rows; r++) {
      Vectors.copy(block, at + r * width, values, at(i + r, j), columns);
    }
  }

  /** into(j, i) ← from(i, j); rows are contiguous, {@code row} and {@code toRow} apart. */
  private static void transpose(
      int rows, int columns, float[] from, int at, int row, float[] into, int to, int toRow) {
    for (int first = 0; first < columns; first += STRETCH) {
      int count = Math.min(STRETCH, columns - first);
      int start = at + first;
      int end = to + first * toRow;
      int i = 0;
      for (; i + 8 <= rows; i += 8) {
        transposeEightRows(count, from, start + i * row, row, into, end + i, toRow);
      }
      for (; i < rows; i++) {
        for (int j = 0; j < count; j++) {
          into[end + j * toRow + i] = from[start + i * row + j];
        }
      }
    }
  }

  /** Indices that grow by 1 are checked once, before the loop. */
  private static void transposeEightRows(
      int columns, float[] from, int at, int row, float[] into, int to, int toRow) {
    int r1 = at + row;
    int r2 = r1 + row;
    int r3 = r2 + row;
    int r4 = r3 + row;
    int r5 = r4 + row;
    int r6 = r5 + row;
    int r7 = r6 + row;
    for (int j = 0; j < columns; j++) {
      int write = to + j * toRow;
      into[write] = from[at + j];
      into[write + 1] = from[r1 + j];
      into[write + 2] = from[r2 + j];
      into[write + 3] = from[r3 + j];
      into[write + 4] = from[r4 + j];
      into[write + 5] = from[r5 + j];
      into[write + 6] = from[r6 + j];
      into[write + 7] = from[r7 + j];
    }
  }
}
