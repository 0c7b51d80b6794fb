package io.cordee.common.reduce;

import java.util.List;

/**
 * One or more matrices at the end of a parameter vector, of which each row of data touches some
 * rows. These are numbered through.
 *
 * @param first its first parameter
 */
public record Table(int first, List<Matrix> matrices) {

  /**
   * @param width parameters of a row
   */
  public record Matrix(int rows, int width) {

    long size() {
      return (long) rows * width;
    }
  }

  public Table {
    matrices = List.copyOf(matrices);
  }

  /** A single matrix. */
  public Table(int first, int rows, int width) {
    this(first, List.of(new Matrix(rows, width)));
  }

  /** The same table in a vector that begins at this parameter. */
  public Table from(int parameter) {
    return new Table(first - parameter, matrices);
  }

  /** The rows of all matrices. */
  public int rows() {
    return matrices.stream().mapToInt(Matrix::rows).sum();
  }

  /** Parameters of the widest row. */
  public int width() {
    return matrices.stream().mapToInt(Matrix::width).max().orElseThrow();
  }

  /** The whole vector's length. */
  public int end() {
    return Math.toIntExact(first + matrices.stream().mapToLong(Matrix::size).sum());
  }

  /** The parameter that a row begins with; behind the last row, that behind the table. */
  public long start(int row) {
    long at = first;
    int left = row;
    for (Matrix matrix : matrices) {
      if (left < matrix.rows()) {
        return at + (long) left * matrix.width();
      }
      at += matrix.size();
      left -= matrix.rows();
    }
    return at;
  }

  /** The row that a parameter is of; −1 before the table, the number of rows behind it. */
  public int rowOf(long parameter) {
    long left = parameter - first;
    int row = 0;
    for (Matrix matrix : matrices) {
      if (left < matrix.size()) {
        return left < 0 ? -1 : row + (int) (left / matrix.width());
      }
      left -= matrix.size();
      row += matrix.rows();
    }
    return row;
  }
}
