package io.cordee.common.kernel;

/**
 * Solves A·x = b for a symmetric positive definite A = UᵀU, in double, in an order that depends on
 * the size alone. Takes 4·n² bytes.
 */
public final class Cholesky {

  /** Row i holds A's, later U's, columns i to n−1. */
  private final double[][] rows;

  public Cholesky(int size) {
    rows = new double[size][];
    for (int i = 0; i < size; i++) {
      rows[i] = new double[size - i];
    }
  }

  /** Row i of the upper triangle, from the diagonal on: element k stands in column i + k. */
  public double[] row(int i) {
    return rows[i];
  }

  /**
   * Replaces A by U, row by row from the top: row i of A less the rows above it, each times its
   * element in column i.
   *
   * @param floor 0 or more: the pivots, which are the squares of U's diagonal, must be above it;
   *     they are nowhere below A's smallest eigenvalue
   * @return false if one is not, as when A is not positive definite; the rows are then spoilt
   */
  public boolean factor(double floor) {
    for (int i = 0; i < rows.length; i++) {
      double[] row = rows[i];
      for (int above = 0; above < i; above++) {
        int offset = i - above;
        double[] u = rows[above];
        double scale = u[offset];
        for (int k = 0; k < row.length; k++) {
          row[k] -= scale * u[k + offset];
        }
      }
      if (!(row[0] > floor)) {
        return false;
      }
      double pivot = Math.sqrt(row[0]);
      for (int k = 0; k < row.length; k++) {
        row[k] /= pivot;
      }
    }
    return true;
  }

  /** Replaces b by the solution x. Only after {@link #factor} has returned true. */
  public void solve(double[] b) {
    for (int i = 0; i < rows.length; i++) { // Uᵀy = b
      double[] row = rows[i];
      b[i] /= row[0];
      for (int k = 1; k < row.length; k++) {
        b[i + k] -= row[k] * b[i];
      }
    }
    for (int i = rows.length - 1; i >= 0; i--) { // Ux = y
      double[] row = rows[i];
      double sum = b[i];
      for (int k = 1; k < row.length; k++) {
        sum -= row[k] * b[i + k];
      }
      b[i] = sum / row[0];
    }
  }
}
