package io.cordee.worker.math;

import io.cordee.common.kernel.Vectors;

/** A view of an array as a matrix: element (i, j) is at from + i · row + j · column. */
public record Matrix(float[] values, int from, int row, int column) {

  /** Rows copied together if columns are strided: a cache line. */
  private static final int SQUARE = 32;

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

  int at(int i, int j) {
    return from + i * row + j * column;
  }

  /** Copies a block into rows of this width, from an index on. */
  void copyTo(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column == 1) {
      for (int r = 0; r < rows; r++) {
        Vectors.copy(values, at(i + r, j), block, at + r * width, columns);
      }
      return;
    }
    for (int first = 0; first < rows; first += SQUARE) {
      int count = Math.min(SQUARE, rows - first);
      int to = at + first * width;
      int c = 0;
      for (; row == 1 && c + 8 <= columns; c += 8) {
        copyEightColumns(at(i + first, j + c), count, block, to + c, width);
      }
      for (; c < columns; c++) {
        int from = at(i + first, j + c);
        for (int r = 0; r < count; r++) {
          block[to + r * width + c] = values[from + r * row];
        }
      }
    }
  }

  /** Contiguous ones: indices that grow by 1 are checked once, before the loop. */
  private void copyEightColumns(int from, int count, float[] block, int to, int width) {
    int c1 = from + column;
    int c2 = c1 + column;
    int c3 = c2 + column;
    int c4 = c3 + column;
    int c5 = c4 + column;
    int c6 = c5 + column;
    int c7 = c6 + column;
    for (int r = 0; r < count; r++) {
      int at = to + r * width;
      block[at] = values[from + r];
      block[at + 1] = values[c1 + r];
      block[at + 2] = values[c2 + r];
      block[at + 3] = values[c3 + r];
      block[at + 4] = values[c4 + r];
      block[at + 5] = values[c5 + r];
      block[at + 6] = values[c6 + r];
      block[at + 7] = values[c7 + r];
    }
  }

  /** The inverse of {@link #copyTo}. */
  void copyFrom(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column == 1) {
      for (int r = 0; r < rows; r++) {
        Vectors.copy(block, at + r * width, values, at(i + r, j), columns);
      }
      return;
    }
    for (int first = 0; first < rows; first += SQUARE) {
      int end = Math.min(rows, first + SQUARE);
      for (int c = 0; c < columns; c++) {
        int to = at(i, j + c);
        for (int r = first; r < end; r++) {
          values[to + r * row] = block[at + r * width + c];
        }
      }
    }
  }
}
