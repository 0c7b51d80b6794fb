package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DropoutTest {

  private static final List<Integer> LAYERS = List.of(5, 7, 6, 3);

  private record Noisy(Rows rows, OptionalLong noise) implements ForwardingRows {}

  private static Network network(Mlp model, int microBatch) {
    return Network.of(model, microBatch, OptionalDouble.empty(), 1, 0.4);
  }

  private static Noisy rows(Mlp model, long seed) {
    return new Noisy(Cases.labelledRows(model, 23, 5), OptionalLong.of(seed));
  }

  /** With the dropped units fixed, the gradient is that of the loss. */
  @ParameterizedTest
  @EnumSource
  void theGradientIsThatOfTheNetworkThatIsLeft(Activation activation) {
    Mlp model = Cases.model(LAYERS, activation, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    Network network = network(model, 64);
    float[] at = Cases.parameters(model, 4);
    Sums sums = network.newSums();
    Sums ignored = network.newSums();
    network.accumulate(at, rows(model, 9), sums);
    double size = 0;
    for (float g : sums.gradient()) {
      size = Math.max(size, Math.abs(g));
    }
    int far = 0;
    for (int i = 0; i < at.length; i++) {
      float step = 1e-2f;
      float before = at[i];
      at[i] = before + step;
      double above = network.accumulate(at, rows(model, 9), ignored).lossSum();
      at[i] = before - step;
      double below = network.accumulate(at, rows(model, 9), ignored).lossSum();
      at[i] = before;
      double slope = (above - below) / (2 * step);
      // A relu may have its kink between the two.
      far += Math.abs(slope - sums.gradient()[i]) > 1e-2 * size ? 1 : 0;
    }
    boolean bends = activation == Activation.RELU || activation == Activation.LEAKY_RELU;
    assertEquals(0, far, bends ? at.length / 20.0 : 0);
  }

  @Test
  void whatIsLeftOutDependsOnTheRowAndNotOnMicroBatches() {
    Mlp model = Cases.model(LAYERS, Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    float[] at = Cases.parameters(model, 4);
    Network ones = network(model, 1);
    Network all = network(model, 23);
    Sums ofOnes = ones.newSums();
    Sums ofAll = all.newSums();
    assertEquals(
        ones.accumulate(at, rows(model, 9), ofOnes).lossSum(),
        all.accumulate(at, rows(model, 9), ofAll).lossSum(),
        1e-5);
    assertArrayEquals(ofOnes.gradient(), ofAll.gradient(), 1e-4f);
    assertNotEquals(
        all.accumulate(at, rows(model, 9), ofAll), all.accumulate(at, rows(model, 10), ofAll));
  }

  @Test
  void nothingIsLeftOutWhereNothingIsDrawn() {
    Mlp model = Cases.model(LAYERS, Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    float[] at = Cases.parameters(model, 4);
    Rows quiet = Cases.labelledRows(model, 23, 5);
    Network plain = Network.of(model, 64, OptionalDouble.empty(), 1);
    Network dropping = network(model, 64);
    Sums sums = plain.newSums();
    Sums same = plain.newSums();
    assertEquals(plain.accumulate(at, quiet, sums), dropping.accumulate(at, quiet, same));
    assertArrayEquals(sums.gradient(), same.gradient());
    assertEquals(Cases.measure(plain, at, quiet), Cases.measure(dropping, at, rows(model, 9)));
  }

  @Test
  void theShareIsTheOneAskedFor() {
    Dropout dropout = new Dropout(0.3, 2);
    int width = 99;
    float[] ones = new float[100 * width];
    java.util.Arrays.fill(ones, 1);
    float[] into = new float[ones.length];
    dropout.apply(7, 1, 0, 100, width, ones, into);
    double sum = 0;
    int zeros = 0;
    for (float unit : into) {
      sum += unit;
      zeros += unit == 0 ? 1 : 0;
    }
    // Five standard deviations: sqrt(9900 · 0.3 · 0.7) is 45.6.
    assertEquals(0.3 * into.length, zeros, 5 * 45.6);
    assertEquals(into.length, sum, 5 * 45.6 / 0.7);
  }
}
