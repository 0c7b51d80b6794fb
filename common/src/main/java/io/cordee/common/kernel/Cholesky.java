package io.cordee.common.kernel;

/**
 * Solves A·x = b for a symmetric positive definite A = UᵀU, in double, in an order that depends on
 * the size alone. Takes 8·n² bytes: half of them stay unused, so that the inner loop has the same
 * index in both of its rows, without which it would not be vectorised.
 */
public final class Cholesky {

  /** A's, later U's; only columns i to n−1 of row i are read and written. */
  private final double[][] rows;

  public Cholesky(int size) {
    rows = new double[size][size];
  }

  /** Row i, to be filled from column i on. */
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
        subtract(rows[above], i, row);
      }
      if (!(row[i] > floor)) {
        return false;
      }
      double pivot = Math.sqrt(row[i]);
      for (int j = i; j < row.length; j++) {
        row[j] /= pivot;
      }
    }
    return true;
  }

  /** Replaces b by the solution x. Only after {@link #factor} has returned true. */
  public void solve(double[] b) {
    for (int i = 0; i < rows.length; i++) { // Uᵀy = b
      double[] row = rows[i];
      b[i] /= row[i];
      double y = b[i];
      for (int j = i + 1; j < row.length; j++) {
        b[j] -= row[j] * y;
      }
    }
    for (int i = rows.length - 1; i >= 0; i--) { // Ux = y
      double[] row = rows[i];
      double sum = b[i];
      for (int j = i + 1; j < row.length; j++) {
        sum -= row[j] * b[j];
      }
      b[i] = sum / row[i];
    }
  }

  /** Takes u, times its element in column i, off the row, from there on. */
  private static void subtract(double[] u, int i, double[] row) {
    double factor = u[i];
    for (int j = i; j < row.length; j++) {
      row[j] -= factor * u[j];
    }
  }
}
