package io.cordee.common.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.Init.Scheme;
import io.cordee.function.Layout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitialWeightsTest {

  /** 300·200 weights: the largest is within a thousandth of the interval's end. */
  @ParameterizedTest
  @CsvSource({
    "GLOROT, 0, 0.10954451150103323", // √(6 / 500)
    "HE, 0, 0.1414213562373095", // √(6 / 300)
    "UNIFORM, 0.7, 0.7"
  })
  void weightsFillTheirInterval(Scheme scheme, double range, double expected) {
    float[] parameters = InitialWeights.of(model(List.of(300, 200), scheme, 3, range));
    float largest = 0;
    double sum = 0;
    for (int i = 0; i < 60_000; i++) {
      largest = Math.max(largest, Math.abs(parameters[i]));
      sum += parameters[i];
    }
    assertTrue(largest <= (float) expected, () -> "beyond " + expected);
    assertEquals(expected, largest, expected / 1000);
    assertEquals(0, sum / 60_000, expected / 100); // 4 standard deviations
  }

  @Test
  void theIntervalIsThatOfEachLayer() {
    float[] parameters = InitialWeights.of(model(List.of(100, 2, 100), Scheme.HE, 1, 0));
    assertEquals(Math.sqrt(6.0 / 100), largest(parameters, 0, 200), 0.02);
    assertEquals(Math.sqrt(6.0 / 2), largest(parameters, 202, 402), 0.1);
  }

  @ParameterizedTest
  @CsvSource({"GLOROT, 0, true", "HE, 0, true", "UNIFORM, 1, false"})
  void biasesAreZeroExceptForUniform(Scheme scheme, double range, boolean zero) {
    float[] parameters = InitialWeights.of(model(List.of(3, 50), scheme, 9, range));
    assertEquals(zero, largest(parameters, 150, 200) == 0);
  }

  @ParameterizedTest
  @CsvSource({"GLOROT, 0", "UNIFORM, 1"})
  void piecesOfAnySizeMakeUpTheWhole(Scheme scheme, double range) {
    float[] whole = InitialWeights.of(model(List.of(8, 5, 3), scheme, 1, range));
    for (int piece = 1; piece <= whole.length; piece++) {
      InitialWeights weights = new InitialWeights(model(List.of(8, 5, 3), scheme, 1, range));
      for (int at = 0; at < whole.length; at += piece) {
        float[] part = new float[Math.min(piece, whole.length - at)];
        weights.take(part, at);
        assertArrayEquals(Arrays.copyOfRange(whole, at, at + part.length), part);
      }
      assertThrows(IndexOutOfBoundsException.class, () -> weights.take(new float[1], whole.length));
    }
  }

  @Test
  void aRowOfATableOfIdsDependsOnSeedTableAndRowAlone() {
    Mlp model = model(List.of(9, 2), Scheme.GLOROT, 5, 0);
    Mlp one = model.with(List.of(new IdTable("a", 3, 2), new IdTable("b", 4, 2)));
    Mlp other = model.with(List.of(new IdTable("b", 6, 2), new IdTable("c", 4, 2)));
    float[] ofOne = tensor(one, "ids.b");
    assertArrayEquals(ofOne, Arrays.copyOf(tensor(other, "ids.b"), 8));
    assertFalse(Arrays.equals(ofOne, tensor(other, "ids.c")));
    assertArrayEquals(InitialWeights.of(model), Arrays.copyOf(InitialWeights.of(one), 9 * 2 + 2));
    for (float value : ofOne) {
      assertTrue(Math.abs(value) <= 1 / Math.sqrt(2));
    }
    Mlp seeded = model(List.of(9, 2), Scheme.GLOROT, 6, 0).with(one.ids());
    assertFalse(Arrays.equals(ofOne, tensor(seeded, "ids.b")));
  }

  private static float[] tensor(Mlp model, String name) {
    Layout.Tensor tensor = model.layout().find(name).orElseThrow();
    return Arrays.copyOfRange(
        InitialWeights.of(model), tensor.offset(), tensor.offset() + tensor.size());
  }

  /** Row by row what a dense layer has column by column; everything else is the same. */
  @ParameterizedTest
  @CsvSource({"GLOROT, 0", "HE, 0", "UNIFORM, 1"})
  void aTableIsDrawnAsTheWeightsThatItStandsFor(Scheme scheme, double range) {
    Mlp dense = model(List.of(7, 4, 3), scheme, 5, range);
    Mlp sparse =
        new Mlp(
            dense.layers(),
            dense.activation(),
            dense.output(),
            dense.loss(),
            dense.init(),
            0,
            true,
            List.of());
    float[] expected = InitialWeights.of(dense);
    float[] found = InitialWeights.of(sparse);
    int table = sparse.table().orElseThrow().first();
    for (int unit = 0; unit < 4; unit++) {
      for (int input = 0; input < 7; input++) {
        assertEquals(expected[unit * 7 + input], found[table + input * 4 + unit]);
      }
    }
    assertArrayEquals(
        Arrays.copyOfRange(expected, 4 * 7, expected.length), Arrays.copyOf(found, table));
    InitialWeights pieces = new InitialWeights(sparse);
    for (int at = 0; at < found.length; at += 5) {
      float[] part = new float[Math.min(5, found.length - at)];
      pieces.take(part, at);
      assertArrayEquals(Arrays.copyOfRange(found, at, at + part.length), part);
    }
  }

  @Test
  void equalSeedsGiveEqualBitsAndOthersDoNot() {
    float[] one = InitialWeights.of(model(List.of(8, 5, 3), Scheme.GLOROT, 1, 0));
    assertArrayEquals(one, InitialWeights.of(model(List.of(8, 5, 3), Scheme.GLOROT, 1, 0)));
    assertFalse(
        Arrays.equals(one, InitialWeights.of(model(List.of(8, 5, 3), Scheme.GLOROT, 2, 0))));
  }

  private static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static Mlp model(List<Integer> layers, Scheme scheme, long seed, double range) {
    return new Mlp(
        layers,
        Activation.TANH,
        Output.SOFTMAX,
        Loss.CROSS_ENTROPY,
        new Init(scheme, seed, range),
        0);
  }
}
