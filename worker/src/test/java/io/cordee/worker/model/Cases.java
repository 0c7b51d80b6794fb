package io.cordee.worker.model;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.common.random.SplitMix64;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

public final class Cases {

  private static final List<List<Integer>> SHAPES =
      List.of(List.of(4, 3), List.of(5, 4, 3), List.of(3, 5, 4, 2), List.of(2, 3, 4, 3, 2));

  private Cases() {}

  enum Head {
    SOFTMAX_CROSS_ENTROPY(Output.SOFTMAX, Loss.CROSS_ENTROPY),
    SIGMOID_CROSS_ENTROPY(Output.SIGMOID, Loss.CROSS_ENTROPY),
    SOFTMAX_SQUARED_ERROR(Output.SOFTMAX, Loss.SQUARED_ERROR),
    SIGMOID_SQUARED_ERROR(Output.SIGMOID, Loss.SQUARED_ERROR),
    LINEAR_SQUARED_ERROR(Output.LINEAR, Loss.SQUARED_ERROR);

    private final Output output;
    private final Loss loss;

    Head(Output output, Loss loss) {
      this.output = output;
      this.loss = loss;
    }
  }

  static Mlp model(List<Integer> layers, Activation activation, Head head) {
    return new Mlp(
        layers, activation, head.output, head.loss, new Init(Init.Scheme.UNIFORM, 1, 1), 0);
  }

  /** Every activation with every output and loss, none to three hidden layers. */
  static List<Mlp> allModels() {
    List<Mlp> models = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (Head head : Head.values()) {
        for (List<Integer> shape : SHAPES) {
          models.add(model(shape, activation, head));
        }
      }
    }
    return models;
  }

  /** Within ±1. */
  static float[] parameters(Mlp model, long seed) {
    return random(seed, model.layout().parameters(), -1, 1);
  }

  /** Features within ±1, class labels. */
  static ArrayRows labelledRows(Mlp model, int count, long seed) {
    SplitMix64 random = new SplitMix64(seed);
    float[] targets = new float[count * model.outputs()];
    for (int row = 0; row < count; row++) {
      targets[row * model.outputs() + random.nextInt(model.outputs())] = 1;
    }
    return new ArrayRows(
        count,
        model.inputs(),
        model.outputs(),
        random(seed + 1, count * model.inputs(), -1, 1),
        targets,
        true);
  }

  /** Features within ±1, target values from 0 to 1; they need not sum to 1. */
  static ArrayRows valuedRows(Mlp model, int count, long seed) {
    return new ArrayRows(
        count,
        model.inputs(),
        model.outputs(),
        random(seed, count * model.inputs(), -1, 1),
        random(seed + 1, count * model.outputs(), 0, 1),
        false);
  }

  static float[] random(long seed, int count, double from, double to) {
    SplitMix64 random = new SplitMix64(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (from + (to - from) * random.nextDouble());
    }
    return values;
  }

  static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  static Stats measure(Network network, float[] parameters, Rows rows) {
    return network.measure(parameters, rows, new float[20_000]);
  }

  public record ArrayRows(
      int count, int features, int outputs, float[] x, float[] t, boolean labelled)
      implements Rows {

    @Override
    public long index(int row) {
      return row;
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      System.arraycopy(x, from * features, into, 0, count * features);
    }

    @Override
    public void copyTargets(int from, int count, float[] into) {
      System.arraycopy(t, from * outputs, into, 0, count * outputs);
    }

    double[] row(int row) {
      return toDoubles(Arrays.copyOfRange(x, row * features, (row + 1) * features));
    }

    double[] target(int row) {
      return toDoubles(Arrays.copyOfRange(t, row * outputs, (row + 1) * outputs));
    }
  }
}
