package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code NetworkTest} compares the diagonal curvature with the reference's. */
class CurvatureTest {

  private static final double STEP = 1e-5;

  static List<Mlp> models() {
    return Cases.allModels();
  }

  private static Sums sums(Mlp model, float[] w, Rows rows, int width) {
    Network network = Network.of(model, 4, OptionalDouble.empty(), width);
    Sums sums = network.newSums();
    network.accumulate(w, rows, sums);
    return sums;
  }

  @ParameterizedTest
  @MethodSource("models")
  void hessianIsTheCentralDifferenceOfTheGradient(Mlp model) {
    float[] parameters = Cases.parameters(model, 21);
    for (Cases.ArrayRows rows :
        List.of(Cases.labelledRows(model, 10, 22), Cases.valuedRows(model, 10, 23))) {
      double[][] expected = differences(model, parameters, rows);
      int n = parameters.length;
      double largest = 0;
      for (double[] row : expected) {
        for (double element : row) {
          largest = Math.max(largest, Math.abs(element));
        }
      }
      float[] hessian = sums(model, parameters, rows, 1 + n).extra();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          String place = "row " + i + ", column " + j;
          assertEquals(expected[i][j], hessian[i * n + j], 1e-5 * largest, place);
          assertEquals(hessian[j * n + i], hessian[i * n + j], place);
        }
      }
    }
  }

  /** Of the reference's gradient, in double. */
  private static double[][] differences(Mlp model, float[] at, Cases.ArrayRows rows) {
    ReferenceNetwork reference = new ReferenceNetwork(model);
    double[] w = Cases.toDoubles(at);
    double[][] differences = new double[w.length][w.length];
    for (int i = 0; i < w.length; i++) {
      for (int row = 0; row < rows.count(); row++) {
        double before = w[i];
        w[i] = before + STEP;
        double[] above = reference.gradient(w, rows.row(row), rows.target(row));
        w[i] = before - STEP;
        double[] below = reference.gradient(w, rows.row(row), rows.target(row));
        w[i] = before;
        for (int j = 0; j < w.length; j++) {
          differences[i][j] += (above[j] - below[j]) / (2 * STEP);
        }
      }
    }
    return differences;
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.INCLUDE,
      names = {"SOFTMAX_CROSS_ENTROPY", "SIGMOID_CROSS_ENTROPY", "LINEAR_SQUARED_ERROR"})
  void curvatureIsTheHessiansDiagonalWithoutAHiddenLayer(Cases.Head head) {
    Mlp model = Cases.model(List.of(7, 5), Activation.TANH, head);
    float[] parameters = Cases.parameters(model, 31);
    Rows rows = Cases.labelledRows(model, 30, 32);
    int n = parameters.length;
    float[] curvature = sums(model, parameters, rows, 2).extra();
    float[] hessian = sums(model, parameters, rows, 1 + n).extra();
    for (int i = 0; i < n; i++) {
      assertEquals(hessian[i * n + i], curvature[i], 1e-5 * Math.abs(curvature[i]));
    }
  }

  /**
   * With one unit a layer nothing is left out but f″: the curvature is (∂y/∂w)², and ∂y/∂w is the
   * gradient of ½ (y − t)² for the target t = y − 1.
   */
  @ParameterizedTest
  @EnumSource
  void curvatureIsExactGaussNewtonForChainsOfOneUnit(Activation activation) {
    for (Cases.Head head :
        List.of(Cases.Head.LINEAR_SQUARED_ERROR, Cases.Head.SIGMOID_SQUARED_ERROR)) {
      Mlp model = Cases.model(List.of(1, 1, 1, 1), activation, head);
      // positive, so that every relu of a positive row is active
      float[] parameters = Cases.random(41, 6, 0.3, 1);
      float[] x = Cases.random(42, 9, 0.1, 1);
      Cases.ArrayRows rows = new Cases.ArrayRows(9, 1, 1, x, new float[9], false);
      ReferenceNetwork reference = new ReferenceNetwork(model);
      double[] w = Cases.toDoubles(parameters);
      double[] expected = new double[6];
      for (int row = 0; row < rows.count(); row++) {
        double[] target = {reference.outputs(w, rows.row(row))[0] - 1};
        double[] gradient = reference.gradient(w, rows.row(row), target);
        for (int i = 0; i < 6; i++) {
          expected[i] += gradient[i] * gradient[i];
        }
      }
      float[] curvature = sums(model, parameters, rows, 2).extra();
      for (int i = 0; i < 6; i++) {
        assertTrue(expected[i] > 0);
        assertEquals(expected[i], curvature[i], 1e-5 * expected[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void curvatureIsNeverNegative(Mlp model) {
    for (int seed = 0; seed < 10; seed++) {
      float[] parameters = Cases.parameters(model, seed);
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] *= 5;
      }
      Rows rows = Cases.valuedRows(model, 13, seed);
      for (float c : sums(model, parameters, rows, 2).extra()) {
        assertTrue(c >= 0, () -> "found " + c);
      }
    }
  }
}
