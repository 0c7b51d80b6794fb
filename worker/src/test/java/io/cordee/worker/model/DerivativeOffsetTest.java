package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The offset of the sigmoid's derivative in back-propagation. */
class DerivativeOffsetTest {

  private static final Init INIT = new Init(Init.Scheme.UNIFORM, 1, 1);

  private static Mlp chain(double offset) {
    return new Mlp(
        List.of(1, 1, 1), Activation.SIGMOID, Output.SIGMOID, Loss.SQUARED_ERROR, INIT, offset);
  }

  private static float[] gradient(Mlp model, float[] w, Rows rows) {
    Network network = Network.of(model, 8, OptionalDouble.empty(), 1);
    Sums sums = network.newSums();
    network.accumulate(w, rows, sums);
    return sums.gradient();
  }

  /**
   * By hand: x = 2, t = 1; w₁ = b₁ = 0, so that h = ½; w₂ = 4, b₂ = −2, so that y = ½. Both
   * derivatives are ¼, with the offset 0.35:
   *
   * <pre>
   * δ₂ = (½ − 1)·0.35 = −0.175      ∂w₂ = δ₂·½ = −0.0875    ∂b₂ = −0.175
   * δ₁ = δ₂·4·0.35    = −0.245      ∂w₁ = δ₁·2 = −0.49      ∂b₁ = −0.245
   * </pre>
   */
  @Test
  void anExampleWorkedOutByHand() {
    Rows row = new Cases.ArrayRows(1, 1, 1, new float[] {2}, new float[] {1}, false);
    assertArrayEquals(
        new float[] {-0.49f, -0.245f, -0.0875f, -0.175f},
        gradient(chain(0.1), new float[] {0, 0, 4, -2}, row),
        1e-7f);
  }

  /** As floats y and its derivative are 0. */
  @Test
  void aSaturatedUnitThatIsWrongGoesOnLearning() {
    float[] saturated = {0, 0, 0, -200};
    Rows row = new Cases.ArrayRows(1, 1, 1, new float[] {1}, new float[] {1}, false);
    assertEquals(0, gradient(chain(0), saturated, row)[3]);
    assertEquals(-0.1f, gradient(chain(0.1), saturated, row)[3], 1e-8f);
  }

  @Property(tries = 100)
  void agreesWithTheReference(
      @ForAll @Size(min = 3, max = 5) List<@IntRange(min = 1, max = 9) Integer> layers,
      @ForAll Cases.Head head,
      @ForAll @IntRange(max = 1_000_000) int seed) {
    Mlp plain = Cases.model(layers, Activation.SIGMOID, head);
    Mlp model = new Mlp(layers, Activation.SIGMOID, plain.output(), plain.loss(), INIT, 0.1);
    float[] parameters = Cases.parameters(model, 4);
    Cases.ArrayRows rows = Cases.labelledRows(model, 11, seed);
    double[] w = Cases.toDoubles(parameters);
    double[] expected = new double[w.length];
    double size = 0;
    for (int row = 0; row < rows.count(); row++) {
      double[] one = new ReferenceNetwork(model).gradient(w, rows.row(row), rows.target(row));
      for (int i = 0; i < w.length; i++) {
        expected[i] += one[i];
        size = Math.max(size, Math.abs(one[i]));
      }
    }
    Network network = Network.of(model, 4, OptionalDouble.empty(), 1);
    Sums sums = network.newSums();
    network.accumulate(parameters, rows, sums);
    for (int i = 0; i < w.length; i++) {
      assertEquals(expected[i], sums.gradient()[i], 1e-4 * size + 1e-7);
    }
  }

  /** It is y − t already, without a derivative. */
  @Test
  void theOutputErrorOfACrossEntropyHasNone() {
    Mlp model =
        new Mlp(
            List.of(1, 1, 1), Activation.SIGMOID, Output.SIGMOID, Loss.CROSS_ENTROPY, INIT, 0.1);
    Rows row = new Cases.ArrayRows(1, 1, 1, new float[] {2}, new float[] {1}, false);
    assertEquals(-0.5f, gradient(model, new float[] {0, 0, 4, -2}, row)[3]);
  }

  @Test
  void curvaturesAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Network.of(chain(0.1), 1, OptionalDouble.empty(), 2))
            .getMessage();
    assertTrue(message.contains("gradients alone"), message);
  }
}
