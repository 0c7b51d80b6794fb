package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.Activation;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {

  private static final OptionalDouble NO_TOLERANCE = OptionalDouble.empty();

  static List<Mlp> models() {
    return Cases.allModels();
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithTheReference(Mlp model) {
    // 23 rows by 7: the last micro-batch is not full
    assertAgrees(model, Cases.labelledRows(model, 23, 5), 7);
    assertAgrees(model, Cases.valuedRows(model, 23, 6), 7);
  }

  @Property(tries = 200)
  void agreesWithTheReferenceForAnyShapeAndMicroBatch(
      @ForAll @Size(min = 2, max = 5) List<@IntRange(min = 1, max = 20) Integer> layers,
      @ForAll Activation activation,
      @ForAll Cases.Head head,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 50) int microBatch,
      @ForAll @IntRange(max = 1_000_000) int seed) {
    Mlp model = Cases.model(layers, activation, head);
    assertAgrees(model, Cases.labelledRows(model, rows, seed), microBatch);
  }

  /** Floats carry 6e-8; a sum of terms loses in proportion to the largest, not to itself. */
  private static void assertAgrees(Mlp model, Cases.ArrayRows rows, int microBatch) {
    ReferenceNetwork reference = new ReferenceNetwork(model);
    float[] parameters = Cases.parameters(model, 4);
    double[] w = Cases.toDoubles(parameters);
    double loss = 0;
    double[] gradient = new double[w.length];
    double gradientSize = 0;
    Rounded[][] curvatures = new Rounded[rows.count()][];
    float[] outputs = new float[rows.count() * rows.outputs()];
    Network network = Network.of(model, microBatch, NO_TOLERANCE, 2);
    network.predict(parameters, rows, outputs);
    for (int row = 0; row < rows.count(); row++) {
      double[] y = reference.outputs(w, rows.row(row));
      for (int k = 0; k < y.length; k++) {
        assertEquals(y[k], outputs[row * y.length + k], 1e-5 * (1 + Math.abs(y[k])));
      }
      loss += reference.loss(w, rows.row(row), rows.target(row));
      gradientSize += add(reference.gradient(w, rows.row(row), rows.target(row)), gradient);
      curvatures[row] = reference.curvature(w, rows.row(row), rows.target(row));
    }
    Sums sums = network.newSums();
    Stats tally = network.accumulate(parameters, rows, sums);
    assertEquals(rows.count(), tally.rows());
    // -ln y, where y is near 1, is off by as much as y is.
    assertEquals(loss, tally.lossSum(), 1e-5 * loss + 1e-6 * rows.count());
    // So is what goes back from there: y - 1 has the error of y, however small it is itself.
    double floor = 1e-6 * rows.count();
    for (int i = 0; i < w.length; i++) {
      int parameter = i;
      Rounded curvature =
          Rounded.sum(Arrays.stream(curvatures).map(c -> c[parameter]).toArray(Rounded[]::new));
      assertEquals(gradient[i], sums.gradient()[i], 1e-5 * gradientSize + floor);
      assertEquals(curvature.value(), sums.extra()[i], curvature.error());
    }
    assertEquals(tally, Cases.measure(network, parameters, rows));
  }

  /** Returns the largest magnitude among the values. */
  private static double add(double[] values, double[] into) {
    double largest = 0;
    for (int i = 0; i < into.length; i++) {
      into[i] += values[i];
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  @Test
  void noRowsAddNothing() {
    Mlp model = Cases.model(List.of(3, 2), Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    Network network = Network.of(model, 8, NO_TOLERANCE, 1);
    Sums sums = network.newSums();
    assertEquals(
        new Stats(0, 0, 0, 0),
        network.accumulate(Cases.parameters(model, 1), Cases.labelledRows(model, 0, 1), sums));
    assertArrayEquals(new float[8], sums.gradient());
  }

  /** Weights 0: every output is 1/2, so that all tie and the first is taken. */
  @Test
  void theFirstOfEqualOutputsIsTheAnswer() {
    Mlp model = Cases.model(List.of(1, 2), Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    float[] targets = {1, 0, 0, 1, 1, 0};
    Network network = Network.of(model, 2, NO_TOLERANCE, 1);
    float[] zeros = new float[4];
    Stats labels =
        Cases.measure(network, zeros, new Cases.ArrayRows(3, 1, 2, new float[3], targets, true));
    assertEquals(2, labels.correct());
    Stats values =
        Cases.measure(network, zeros, new Cases.ArrayRows(3, 1, 2, new float[3], targets, false));
    assertEquals(Stats.NOT_COUNTED, values.correct());
  }

  /** y = x; rows off by 0.25, 0.5 and 0.75 in one output of two. */
  @Test
  void aRowIsWithinIfAllItsOutputsAre() {
    Mlp model = Cases.model(List.of(2, 2), Activation.TANH, Cases.Head.LINEAR_SQUARED_ERROR);
    float[] identity = {1, 0, 0, 1, 0, 0};
    float[] x = {0.25f, 0, 0, -0.5f, 0.75f, 0};
    Rows rows = new Cases.ArrayRows(3, 2, 2, x, new float[6], false);
    assertEquals(2, within(model, identity, rows, OptionalDouble.of(0.5)));
    assertEquals(1, within(model, identity, rows, OptionalDouble.of(0.4)));
    assertEquals(0, within(model, identity, rows, NO_TOLERANCE));
  }

  private static long within(Mlp model, float[] w, Rows rows, OptionalDouble tolerance) {
    return Cases.measure(Network.of(model, 2, tolerance, 1), w, rows).within();
  }

  /** The loser is e^−200 likely; the loss of a wrong label is 200 nevertheless. */
  @Test
  void lossesAreExactWhereOutputsAreSaturated() {
    float[] w = {0, 0, 200, 0}; // biases 200 and 0
    Mlp softmax = Cases.model(List.of(1, 2), Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    float[] wrong = {0, 1};
    Rows row = new Cases.ArrayRows(1, 1, 2, new float[1], wrong, true);
    assertEquals(200, Cases.measure(Network.of(softmax, 1, NO_TOLERANCE, 1), w, row).lossSum());
    Mlp sigmoid = Cases.model(List.of(1, 2), Activation.TANH, Cases.Head.SIGMOID_CROSS_ENTROPY);
    assertEquals(
        200 + StrictMath.log(2), // the other output is 1/2
        Cases.measure(Network.of(sigmoid, 1, NO_TOLERANCE, 1), w, row).lossSum(),
        1e-12);
  }

  @Test
  void sigmoidLossesOfManyOutputsDoNotOverflow() {
    Mlp model = Cases.model(List.of(1, 5000), Activation.TANH, Cases.Head.SIGMOID_CROSS_ENTROPY);
    Rows row = new Cases.ArrayRows(1, 1, 5000, new float[1], new float[5000], false);
    assertEquals(
        5000 * StrictMath.log(2),
        Cases.measure(Network.of(model, 1, NO_TOLERANCE, 1), new float[10_000], row).lossSum(),
        1e-8);
  }

  @ParameterizedTest
  @EnumSource(Cases.Head.class)
  void derivativesBelowTheThresholdAreZeroAndNoneIsDenormal(Cases.Head head) {
    for (Activation activation : Activation.values()) {
      Mlp model = Cases.model(List.of(6, 8, 8, 4), activation, head);
      float[] parameters = Cases.parameters(model, 3);
      for (float scale : new float[] {1e-12f, 1e-6f, 20, 200}) {
        float[] scaled = parameters.clone();
        for (int i = 0; i < scaled.length; i++) {
          scaled[i] *= scale;
        }
        MicroBatch batch = new MicroBatch(model, 16, 0);
        Cases.ArrayRows rows = Cases.labelledRows(model, 16, 8);
        batch.forward(scaled, rows, 0, 16, java.util.OptionalLong.empty());
        batch.loadTargets(rows, 0);
        batch.backward(scaled, new float[scaled.length]);
        for (int l = 1; l <= batch.depth(); l++) {
          for (float delta : batch.deltas(l)) {
            assertTrue(delta == 0 || Math.abs(delta) > 1e-30f, () -> "found " + delta);
          }
        }
      }
    }
  }

  /** Rounds that diverge are recognized by these: nothing may hide a NaN. */
  @ParameterizedTest
  @MethodSource("models")
  void whatIsNotANumberShowsInLossAndGradient(Mlp model) {
    float[] parameters = Cases.parameters(model, 3);
    parameters[0] = Float.NaN;
    Network network = Network.of(model, 4, NO_TOLERANCE, 1);
    Sums sums = network.newSums();
    Stats tally = network.accumulate(parameters, Cases.labelledRows(model, 5, 2), sums);
    assertTrue(Double.isNaN(tally.lossSum()));
    assertTrue(Float.isNaN(sums.gradient()[0]));
  }

  @Test
  void descentLearnsXorByEveryActivation() {
    float[] x = {0, 0, 0, 1, 1, 0, 1, 1};
    float[] t = {0, 1, 1, 0};
    Rows rows = new Cases.ArrayRows(4, 2, 1, x, t, false);
    for (Activation activation : Activation.values()) {
      Mlp model = Cases.model(List.of(2, 8, 1), activation, Cases.Head.SIGMOID_CROSS_ENTROPY);
      Network network = Network.of(model, 3, OptionalDouble.of(0.4), 1);
      float[] parameters = InitialWeights.of(model);
      double before = Cases.measure(network, parameters, rows).lossSum();
      Sums sums = network.newSums();
      for (int round = 0; round < 5000; round++) {
        sums.clear();
        network.accumulate(parameters, rows, sums);
        for (int i = 0; i < parameters.length; i++) {
          parameters[i] -= 0.5f * sums.gradient()[i];
        }
      }
      Stats after = Cases.measure(network, parameters, rows);
      assertEquals(4, after.within(), activation + ": loss " + after.lossSum());
      assertTrue(after.lossSum() < before / 10, activation + ": loss " + after.lossSum());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Mlp model = Cases.model(List.of(3, 2), Activation.TANH, Cases.Head.LINEAR_SQUARED_ERROR);
    Network network = Network.of(model, 4, NO_TOLERANCE, 1);
    Rows rows = Cases.valuedRows(model, 4, 1);
    List<String> messages = new ArrayList<>();
    messages.add(
        messageOf(() -> network.accumulate(new float[7], rows, network.newSums()))); // of 8
    messages.add(messageOf(() -> network.accumulate(new float[8], rows, new Sums(8, 2))));
    messages.add(
        messageOf(
            () ->
                Cases.measure(
                    network,
                    new float[8],
                    new Cases.ArrayRows(1, 4, 2, new float[4], new float[2], false))));
    messages.add(messageOf(() -> Network.of(model, 4, NO_TOLERANCE, 3)));
    Mlp large = Cases.model(List.of(99, 99), Activation.TANH, Cases.Head.LINEAR_SQUARED_ERROR);
    messages.add(messageOf(() -> Network.of(large, 4, NO_TOLERANCE, 9901)));
    messages.add(messageOf(() -> Network.of(large, 30_000_000, NO_TOLERANCE, 1)));
    assertEquals(
        List.of(
            "expected 8 parameters for layers [3, 2]; found 7",
            "expected sums of 8 parameters, width 1; found 8, width 2",
            "expected rows of 3 features, as many as the model has inputs; found 4",
            "a width is 1 for gradients, 2 with diagonal curvature, 1 + parameters with the Hessian"
                + " of at most 4096 parameters; found 3 for a model with 8",
            "a width is 1 for gradients, 2 with diagonal curvature, 1 + parameters with the Hessian"
                + " of at most 4096 parameters; found 9901 for a model with 9900",
            "30000000 rows times a layer of 99 units exceed 2^31 numbers"),
        messages);
  }

  private static String messageOf(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
