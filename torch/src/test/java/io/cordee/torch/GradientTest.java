package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses, gradients and outputs against formulas that are written out, and finite differences. */
class GradientTest {

  private static final int INPUTS = Models.INPUTS;
  private static final int CLASSES = Models.CLASSES;

  @Test
  void crossEntropyIsThatOfTheFormula() {
    requireFormula("mlp", CLASSES, MadeUpRows.labelled(1, 11, INPUTS, CLASSES));
  }

  @Test
  void targetsMayBeSharesOfClassesAndWeighted() {
    requireFormula("mlp", CLASSES, MadeUpRows.labelled(1, 11, INPUTS, CLASSES).smoothed());
  }

  @Test
  void crossEntropyOfOneOutputIsThatOfItsSigmoid() {
    requireFormula("mlp-1", 1, MadeUpRows.labelled(2, 11, INPUTS, 1));
  }

  private static void requireFormula(String name, int outputs, MadeUpRows rows) {
    float[] parameters = Models.parameters(name);
    PlainMlp plain = new PlainMlp(parameters, outputs);
    Stats stats =
        requireGradient(
            Models.job(name, "cross-entropy", INPUTS, outputs), rows, plain.gradient(rows, true));
    assertEquals(plain.crossEntropy(rows), stats.lossSum(), 1e-5);
  }

  @Test
  void squaredErrorIsThatOfTheFormula() {
    MadeUpRows rows = MadeUpRows.values(3, 11, INPUTS, CLASSES);
    PlainMlp plain = new PlainMlp(Models.parameters("mlp"), CLASSES);
    Stats stats =
        requireGradient(
            Models.job("mlp", "squared-error", INPUTS, CLASSES), rows, plain.gradient(rows, false));
    assertEquals(plain.squaredError(rows), stats.lossSum(), 1e-5);
    assertEquals(Stats.NOT_COUNTED, stats.correct());
  }

  @Test
  void aModuleMayReturnItsOwnLoss() {
    MadeUpRows rows = MadeUpRows.labelled(4, 11, INPUTS, CLASSES);
    PlainMlp plain = new PlainMlp(Models.parameters("own-loss"), CLASSES);
    FunctionContext job = Models.job("own-loss", null, INPUTS, CLASSES);
    Stats stats = requireGradient(job, rows, plain.gradient(rows, true));
    assertEquals(plain.crossEntropy(rows), stats.lossSum(), 1e-5);
  }

  private static Stats requireGradient(FunctionContext job, MadeUpRows rows, double[] expected) {
    float[] parameters = Models.parameters(fileName(job));
    try (GradientFunction function = new TorchScriptProvider().create(job)) {
      Sums sums = new Sums(parameters.length, 1);
      Stats stats = function.accumulate(parameters, rows, sums);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], sums.gradient()[i], 1e-5, "parameter " + i);
      }
      assertEquals(rows.count(), stats.rows());
      Stats measured = function.measure(parameters, rows, new float[0]);
      assertEquals(stats, measured);
      return stats;
    }
  }

  private static String fileName(FunctionContext job) {
    return job.file().orElseThrow().getFileName().toString().replace(".pt", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cnn", "tied"})
  void gradientsAreFiniteDifferences(String name) {
    int inputs = name.equals("cnn") ? 16 : INPUTS;
    MadeUpRows rows = MadeUpRows.labelled(5, 9, inputs, CLASSES);
    float[] parameters = Models.parameters(name);
    Sums sums = new Sums(parameters.length, 1);
    float[] outputs = new float[rows.count() * CLASSES];
    try (GradientFunction function =
        new TorchScriptProvider().create(Models.job(name, "cross-entropy", inputs, CLASSES))) {
      function.accumulate(parameters, rows, sums);
      float step = 1e-3f;
      for (int i = 0; i < parameters.length; i++) {
        float[] up = parameters.clone();
        float[] down = parameters.clone();
        up[i] += step;
        down[i] -= step;
        double rise =
            function.measure(up, rows, outputs).lossSum()
                - function.measure(down, rows, outputs).lossSum();
        assertEquals(rise / (up[i] - down[i]), sums.gradient()[i], 2e-2, "parameter " + i);
      }
    }
  }

  @Test
  void whatIsFrozenHasNoGradient() {
    MadeUpRows rows = MadeUpRows.labelled(6, 9, INPUTS, CLASSES);
    float[] parameters = Models.parameters("frozen");
    Sums sums = new Sums(parameters.length, 1);
    try (GradientFunction function = Models.function("frozen", "cross-entropy")) {
      function.accumulate(parameters, rows, sums);
    }
    double[] expected = new PlainMlp(parameters, CLASSES).gradient(rows, true);
    Arrays.fill(expected, 0, 25, 0);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], sums.gradient()[i], 1e-5, "parameter " + i);
    }
  }

  @Test
  void aLossMayNeedNoTargets() {
    MadeUpRows rows = MadeUpRows.values(7, 9, INPUTS, 0);
    float[] parameters = Models.parameters("loss-alone");
    Sums sums = new Sums(parameters.length, 1);
    try (GradientFunction function =
        new TorchScriptProvider().create(Models.job("loss-alone", null, INPUTS, 0))) {
      Stats stats = function.accumulate(parameters, rows, sums);
      assertEquals(stats, function.measure(parameters, rows, new float[0]));
    }
  }

  @Test
  void outputsOfCrossEntropyAreProbabilities() {
    MadeUpRows rows = MadeUpRows.labelled(8, 11, INPUTS, CLASSES);
    float[] parameters = Models.parameters("mlp");
    PlainMlp plain = new PlainMlp(parameters, CLASSES);
    float[] predicted = new float[rows.count() * CLASSES];
    float[] measured = new float[rows.count() * CLASSES];
    long correct = 0;
    try (GradientFunction function = Models.function("mlp", "cross-entropy")) {
      function.predict(parameters, rows, predicted);
      correct = function.measure(parameters, rows, measured).correct();
    }
    assertArrayEquals(predicted, measured);
    long right = 0;
    for (int row = 0; row < rows.count(); row++) {
      double[] expected = PlainMlp.probabilities(plain.forward(rows, row));
      int largest = 0;
      for (int k = 0; k < CLASSES; k++) {
        assertEquals(expected[k], predicted[row * CLASSES + k], 1e-6);
        largest = expected[k] > expected[largest] ? k : largest;
      }
      right += rows.target(row, largest) == 1 ? 1 : 0;
    }
    assertEquals(right, correct);
  }
}
