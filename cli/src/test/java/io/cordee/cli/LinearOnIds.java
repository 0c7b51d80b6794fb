package io.cordee.cli;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.model.Network;
import java.util.List;
import java.util.OptionalDouble;

/** A linear unit by the squared error; of its features, the first come from tables of ids. */
public final class LinearOnIds implements FunctionProvider {

  @Override
  public String name() {
    return "linear-on-ids";
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    Mlp unit =
        new Mlp(
            List.of(job.inputs(), 1),
            Activation.TANH,
            Output.LINEAR,
            Loss.SQUARED_ERROR,
            new Init(Init.Scheme.GLOROT, 1, 0),
            0);
    Network network = Network.of(unit, Network.MICRO_BATCH, OptionalDouble.empty(), 1);
    boolean isDeaf = job.settings().containsKey("deaf");
    return isDeaf ? new Unit(network) : new OnIds(network);
  }

  /** Gives no derivatives by features. */
  private static class Unit implements GradientFunction {

    private final Network network;

    Unit(Network network) {
      this.network = network;
    }

    @Override
    public Layout layout() {
      return network.layout();
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      return network.accumulate(parameters, rows, sums);
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return network.measure(parameters, rows, outputs);
    }

    @Override
    public void predict(float[] parameters, Rows rows, float[] outputs) {
      network.predict(parameters, rows, outputs);
    }
  }

  private static final class OnIds extends Unit {

    OnIds(Network network) {
      super(network);
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums, float[] features) {
      int width = features.length / rows.count();
      float[] outputs = new float[rows.count()];
      predict(parameters, rows, outputs);
      float[] targets = new float[rows.count()];
      rows.copyTargets(0, rows.count(), targets);
      for (int i = 0; i < features.length; i++) {
        int row = i / width;
        features[i] = (outputs[row] - targets[row]) * parameters[i % width];
      }
      return accumulate(parameters, rows, sums);
    }
  }
}
