package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.model.Mlp;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceNetworkTest {

  private static final double STEP = 1e-5;

  static List<Mlp> models() {
    return Cases.allModels();
  }

  /** Error of central differences: STEP² · third derivative + rounding / STEP, about 1e-10. */
  @ParameterizedTest
  @MethodSource("models")
  void gradientIsTheCentralDifferenceOfTheLoss(Mlp model) {
    ReferenceNetwork network = new ReferenceNetwork(model);
    double[] w = Cases.toDoubles(Cases.parameters(model, 11));
    for (Cases.ArrayRows rows :
        List.of(Cases.labelledRows(model, 3, 12), Cases.valuedRows(model, 3, 13))) {
      for (int row = 0; row < rows.count(); row++) {
        double[] x = rows.row(row);
        double[] t = rows.target(row);
        double[] gradient = network.gradient(w, x, t);
        for (int i = 0; i < w.length; i++) {
          double before = w[i];
          w[i] = before + STEP;
          double above = network.loss(w, x, t);
          w[i] = before - STEP;
          double below = network.loss(w, x, t);
          w[i] = before;
          int parameter = i;
          assertEquals(
              (above - below) / (2 * STEP), gradient[i], 1e-8, () -> "of parameter " + parameter);
        }
      }
    }
  }
}
