package io.cordee.gallery.analytic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AnalyticFunctionTest {

  private static final double STEP = 1e-5;

  @Provide
  Arbitrary<AnalyticFunction> functions() {
    return Arbitraries.of(
        new Well(), new Bowl(1), new Bowl(10), new Bowl(300), new Rosenbrock(), new Saddle());
  }

  @Property(tries = 200)
  void theGradientIsTheDifferenceQuotientOfTheValue(
      @ForAll("functions") AnalyticFunction function, @ForAll long seed) {
    double[] x = point(function, seed);
    double[] gradient = function.gradient(x);
    for (int i = 0; i < x.length; i++) {
      double quotient =
          (function.value(moved(x, i, STEP)) - function.value(moved(x, i, -STEP))) / (2 * STEP);
      assertClose(quotient, gradient[i]);
    }
  }

  @Property(tries = 200)
  void theHessianIsTheDifferenceQuotientOfTheGradient(
      @ForAll("functions") AnalyticFunction function, @ForAll long seed) {
    double[] x = point(function, seed);
    double[][] hessian = function.hessian(x);
    for (int i = 0; i < x.length; i++) {
      double[] above = function.gradient(moved(x, i, STEP));
      double[] below = function.gradient(moved(x, i, -STEP));
      for (int j = 0; j < x.length; j++) {
        assertClose((above[j] - below[j]) / (2 * STEP), hessian[i][j]);
      }
    }
  }

  @Property(tries = 100)
  void theCurvatureIsTheDiagonalOfTheHessian(
      @ForAll("functions") AnalyticFunction function, @ForAll long seed) {
    double[] x = point(function, seed);
    double[] curvature = function.curvature(x);
    double[][] hessian = function.hessian(x);
    for (int i = 0; i < x.length; i++) {
      assertEquals(hessian[i][i], curvature[i]);
    }
  }

  @Test
  void theWellIsTheLectures() {
    assertEquals(-1, new Well().value(new double[] {0, 0}));
    // (3/4 · 4/3)² = 1 and (5/4 · 4/5)² = 1
    assertEquals(-Math.exp(-2), new Well().value(new double[] {4.0 / 3, 4.0 / 5}), 1e-15);
  }

  @Test
  void theBowlsCurvaturesRunFromOneToItsConditionNumber() {
    assertArrayEquals(new double[] {1, 4, 16}, new Bowl(16).curvature(new double[3]), 1e-12);
    assertArrayEquals(new double[] {1}, new Bowl(16).curvature(new double[1]));
    assertEquals(0.5 + 2 * 9, new Bowl(4).value(new double[] {1, 3}));
  }

  @Test
  void rosenbrockIsLowestWhereAllCoordinatesAreOne() {
    assertEquals(0, new Rosenbrock().value(new double[] {1, 1, 1, 1}));
    assertEquals(24.2, new Rosenbrock().value(new double[] {-1.2, 1}), 1e-12);
  }

  @Test
  void theSaddleFallsToAQuarterBelowZero() {
    assertEquals(-0.25, new Saddle().value(new double[] {0, 1}));
    assertArrayEquals(new double[] {0, 0}, new Saddle().gradient(new double[] {0, -1}), 1e-300);
    assertEquals(-1, new Saddle().hessian(new double[] {0, 0})[1][1]);
  }

  @Test
  void functionsAreFoundByTheirNames() {
    assertEquals(List.of("well", "bowl", "rosenbrock", "saddle"), AnalyticFunction.names());
    for (String name : AnalyticFunction.names()) {
      assertEquals(name, AnalyticFunction.find(name, 3).orElseThrow().name());
    }
    assertEquals(new Bowl(3), AnalyticFunction.find("bowl", 3).orElseThrow());
    assertTrue(AnalyticFunction.find("hole", 3).isEmpty());
  }

  @Test
  void aConditionNumberBelowOneIsRefused() {
    for (double condition : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Bowl(condition));
    }
  }

  private static double[] point(AnalyticFunction function, long seed) {
    Random random = new Random(seed);
    int free = Math.min(function.maxDimension(), function.minDimension() + 4);
    int dimension = random.nextInt(function.minDimension(), free + 1);
    return random.doubles(dimension, -2, 2).toArray();
  }

  private static double[] moved(double[] x, int i, double by) {
    double[] moved = x.clone();
    moved[i] += by;
    return moved;
  }

  private static void assertClose(double expected, double found) {
    assertEquals(expected, found, 1e-6 * Math.max(1, Math.abs(expected)));
  }
}
