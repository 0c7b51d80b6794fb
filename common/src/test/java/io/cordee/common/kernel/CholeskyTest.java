package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CholeskyTest {

  @Property(tries = 100)
  void theSolutionOfAPositiveDefiniteSystemSolvesIt(
      @ForAll @IntRange(min = 1, max = 40) int size, @ForAll long seed) {
    Random random = new Random(seed);
    double[][] matrix = gram(random, size);
    double[] x = random.doubles(size, -1, 1).toArray();
    double[] b = times(matrix, x);

    Cholesky system = filled(matrix);
    assertTrue(system.factor(0));
    system.solve(b);

    assertArrayEquals(x, b, 1e-9);
  }

  @Test
  void aSystemOfTwoIsSolvedAsByHand() {
    Cholesky system = filled(new double[][] {{4, 2}, {2, 5}}); // U = [2 1; 0 2]
    assertTrue(system.factor(0));
    assertArrayEquals(new double[] {2, 1}, system.row(0));
    assertEquals(2, system.row(1)[1]);

    double[] b = {8, 12};
    system.solve(b);
    assertArrayEquals(new double[] {1, 2}, b);
  }

  @Test
  void anIndefiniteMatrixIsRefusedThoughItsDiagonalIsPositive() {
    assertFalse(filled(new double[][] {{1, 2}, {2, 1}}).factor(0));
  }

  @Test
  void aPivotAtTheFloorIsRefused() {
    double[][] matrix = {{9, 0}, {0, 0.5}};
    assertFalse(filled(matrix).factor(0.5));
    assertTrue(filled(matrix).factor(0.49));
  }

  @Test
  void notANumberIsRefused() {
    assertFalse(filled(new double[][] {{Double.NaN}}).factor(0));
  }

  @Property(tries = 50)
  void noPivotIsBelowTheSmallestEigenvalue(
      @ForAll @IntRange(min = 1, max = 20) int size, @ForAll long seed) {
    double[][] matrix = gram(new Random(seed), size); // eigenvalues of at least 1
    Cholesky system = filled(matrix);
    assertTrue(system.factor(1 - 1e-9));
  }

  /** I + BᵀB. */
  private static double[][] gram(Random random, int size) {
    double[][] b = new double[size][];
    for (int i = 0; i < size; i++) {
      b[i] = random.doubles(size, -1, 1).toArray();
    }
    double[][] gram = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        gram[i][j] = i == j ? 1 : 0;
        for (int k = 0; k < size; k++) {
          gram[i][j] += b[k][i] * b[k][j];
        }
      }
    }
    return gram;
  }

  private static double[] times(double[][] matrix, double[] x) {
    double[] product = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        product[i] += matrix[i][j] * x[j];
      }
    }
    return product;
  }

  private static Cholesky filled(double[][] matrix) {
    Cholesky system = new Cholesky(matrix.length);
    for (int i = 0; i < matrix.length; i++) {
      System.arraycopy(matrix[i], i, system.row(i), i, matrix.length - i);
    }
    return system;
  }
}
