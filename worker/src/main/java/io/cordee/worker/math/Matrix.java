package io.cordee.worker.math;

/**
 * A matrix that lies in an array: its element (i, j) at from + i · row + j · column. A view;
 * nothing is copied.
 */
public record Matrix(float[] values, int from, int row, int column) {

  /** Rows that are copied together where columns lie apart: a line of the cache. */
  private static final int SQUARE = 32;

  /** Copied faster by hand. */
  private static final int SHORT = 16;

  /** Row-major, rows one behind the other. */
  public static Matrix of(float[] values, int from, int columns) {
    return new Matrix(values, from, columns, 1);
  }

  /** As {@link #of(float[], int, int)}, from index 0. */
  public static Matrix of(float[] values, int columns) {
    return of(values, 0, columns);
  }

  public Matrix transposed() {
    return new Matrix(values, from, column, row);
  }

  int at(int i, int j) {
    return from + i * row + j * column;
  }

  /** Copies a block of rows and columns into rows of this width, from an index on. */
  void copyTo(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column == 1) {
      for (int r = 0; r < rows; r++) {
        copyRow(values, at(i + r, j), block, at + r * width, columns);
      }
      return;
    }
    for (int first = 0; first < rows; first += SQUARE) {
      int count = Math.min(SQUARE, rows - first);
      int to = at + first * width;
      int c = 0;
      for (; c + 4 <= columns; c += 4) {
        copyFourColumns(at(i + first, j + c), count, block, to + c, width);
      }
      for (; c < columns; c++) {
        int from = at(i + first, j + c);
        for (int r = 0; r < count; r++) {
          block[to + r * width + c] = values[from + r * row];
        }
      }
    }
  }

  private void copyFourColumns(int from, int count, float[] block, int to, int width) {
    int second = from + column;
    int third = second + column;
    int fourth = third + column;
    for (int r = 0; r < count; r++) {
      int place = r * row;
      int at = to + r * width;
      block[at] = values[from + place];
      block[at + 1] = values[second + place];
      block[at + 2] = values[third + place];
      block[at + 3] = values[fourth + place];
    }
  }

  /** The other way round. */
  void copyFrom(int i, int rows, int j, int columns, float[] block, int at, int width) {
    if (column == 1) {
      for (int r = 0; r < rows; r++) {
        copyRow(block, at + r * width, values, at(i + r, j), columns);
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

  private static void copyRow(float[] from, int at, float[] into, int to, int count) {
    if (count > SHORT) {
      System.arraycopy(from, at, into, to, count);
      return;
    }
    for (int c = 0; c < count; c++) {
      into[to + c] = from[at + c];
    }
  }
}
