package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.math.ByteScale;
import io.cordee.worker.math.ElementFunctions;
import io.cordee.worker.math.ListedBytes;
import io.cordee.worker.math.SparseRows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import reference.Reference;

/** This machine's kernels give the bits of the definition. */
class ExactArithmeticTest {

  @Property(tries = 300)
  void gradientsAndOutputsAreThoseOfTheDefinition(
      @ForAll @Size(min = 2, max = 5) List<@IntRange(min = 1, max = 140) Integer> layers,
      @ForAll Activation activation,
      @ForAll Cases.Head head,
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 80) int microBatch,
      @ForAll @IntRange(max = 3) int zeros,
      @ForAll @IntRange(max = 1_000_000) int seed) {
    Mlp model = Cases.model(layers, activation, head);
    Cases.ArrayRows data = Cases.labelledRows(model, rows, seed);
    for (int i = 0; i < data.x().length; i++) {
      data.x()[i] *= i * 31 % 4 < zeros ? 0 : 1; // −0 among them
    }
    assertSameBits(model, Cases.parameters(model, seed), data, microBatch);
  }

  /** As rows of images are, whose zeros are left out. */
  @Property(tries = 50)
  void listsOfBytesGiveTheBitsOfTheDefinition(
      @ForAll @Size(min = 2, max = 4) List<@IntRange(min = 1, max = 140) Integer> layers,
      @ForAll @IntRange(min = 1, max = 600) int count,
      @ForAll @IntRange(max = 1_000_000) int seed) {
    Mlp model = Cases.model(layers, Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    Cases.ArrayRows data = Cases.labelledRows(model, count, seed);
    float[] w = Cases.parameters(model, seed);
    assertSameBits(model, w, data, listed(model, data), Network.MICRO_BATCH);
  }

  /** A worker packs weights once a version; its partitions' rows are listed or not, as they are. */
  @Property(tries = 30)
  void weightsThatAreStillPackedAreThoseOfTheVersion(
      @ForAll @IntRange(min = 1, max = 60) int microBatch,
      @ForAll @Size(20) List<@IntRange(max = 15) Integer> passes) {
    Mlp model =
        Cases.model(List.of(30, 50, 40, 3), Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
    Cases.ArrayRows rows = Cases.labelledRows(model, 40, 1);
    Listed listed = listed(model, rows);
    Network network = Network.of(model, microBatch, OptionalDouble.empty(), 1);
    for (int pass : passes) {
      int version = pass & 1;
      float[] w = Cases.parameters(model, version);
      if ((pass & 4) == 0) {
        network.expect(version);
      }
      Sums found = network.newSums();
      network.accumulate(w, (pass & 2) == 0 ? rows : listed, found);
      Sums expected = network.newSums();
      Network.of(model, microBatch, OptionalDouble.empty(), 1).accumulate(w, rows, expected);
      assertArrayEquals(expected.gradient(), found.gradient());
      if ((pass & 8) != 0) {
        network.expect(version);
        network.predict(Cases.parameters(model, 1 - version), rows, new float[40 * 3]);
      }
    }
  }

  /** Sets most of the rows' features to 0. */
  private static Listed listed(Mlp model, Cases.ArrayRows data) {
    byte[] bytes = new byte[data.x().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 % 7 < 6 ? 0 : i * 17);
      data.x()[i] = (bytes[i] & 0xff) / 16f;
    }
    return new Listed(
        data,
        ListedBytes.of(bytes, data.count(), model.inputs(), new ByteScale(16)).map(all -> all));
  }

  private record Listed(Cases.ArrayRows rows, Optional<SparseRows> lists)
      implements ForwardingRows {
    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return lists;
    }
  }

  @Example
  void denormalsKeepTheirBits() {
    Mlp model = Cases.model(List.of(20, 17, 5), Activation.TANH, Cases.Head.LINEAR_SQUARED_ERROR);
    float[] w = Cases.parameters(model, 1);
    for (int i = 0; i < w.length; i++) {
      w[i] *= i % 3 == 0 ? 1e-38f : 1e-20f;
    }
    Cases.ArrayRows data = Cases.valuedRows(model, 30, 2);
    for (int i = 0; i < data.x().length; i++) {
      data.x()[i] *= i % 2 == 0 ? 1e-22f : 1e-3f;
    }
    for (int i = 0; i < data.t().length; i++) {
      data.t()[i] *= 1e-25f;
    }
    assertSameBits(model, w, data, 7);
  }

  @Example
  void elementFunctionsAreThoseOfTheDefinition() {
    float[] x = new float[(int) ((1L << 32) / 4099)];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 4099);
    }
    ElementFunctions functions = new ElementFunctions();
    assertSameBits(x, Reference.Mlp::tanh, functions::tanh);
    assertSameBits(x, Reference.Mlp::exp, functions::expOfNonPositive);
    assertSameBits(x, Reference.Mlp::sigmoid, functions::sigmoid);
    assertSameBits(x, Reference.Mlp::flush, ElementFunctions::flush);
  }

  private interface InPlace {
    void apply(float[] x, int count);
  }

  private static void assertSameBits(float[] x, UnaryOperator<Float> defined, InPlace function) {
    float[] found = x.clone();
    function.apply(found, found.length);
    for (int i = 0; i < x.length; i++) {
      float at = x[i];
      assertEquals(defined.apply(at), found[i], () -> "of " + at); // by their bits; NaN is NaN
    }
  }

  private static void assertSameBits(Mlp model, float[] w, Cases.ArrayRows data, int microBatch) {
    assertSameBits(model, w, data, data, microBatch);
  }

  private static void assertSameBits(
      Mlp model, float[] w, Cases.ArrayRows data, Rows rows, int microBatch) {
    Reference.Mlp defined =
        new Reference.Mlp(
            model.layers().stream().mapToInt(Integer::intValue).toArray(),
            Reference.Mlp.Hidden.valueOf(model.activation().name()),
            Reference.Mlp.Output.valueOf(model.output() + "_" + model.loss()),
            (float) model.derivativeOffset());
    float[][] x = rows(data.x(), data.features());
    float[] expected = new float[defined.parameters()];
    defined.partition(w, x, rows(data.t(), data.outputs()), expected);
    Network network = Network.of(model, microBatch, OptionalDouble.empty(), 1);
    Sums sums = network.newSums();
    network.accumulate(w, rows, sums);
    assertArrayEquals(expected, sums.gradient());
    float[] outputs = new float[data.count() * data.outputs()];
    network.predict(w, data, outputs);
    for (int row = 0; row < data.count(); row++) {
      assertArrayEquals(defined.predict(w, x[row]), rows(outputs, data.outputs())[row]);
    }
  }

  private static float[][] rows(float[] values, int width) {
    float[][] rows = new float[values.length / width][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(values, row * width, (row + 1) * width));
    return rows;
  }
}
