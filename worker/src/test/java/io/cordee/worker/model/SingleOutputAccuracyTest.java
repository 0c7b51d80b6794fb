package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.function.Rows;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SingleOutputAccuracyTest {

  /** Feature −1 with label 0, 1 with label 1, 2 with label 0. */
  private static final float[] FEATURES = {-1, 1, 2};

  private static final float[] TARGETS = {0, 1, 0};

  @Test
  void aSingleOutputIsCorrectOnItsLabelsSideOfOneHalf() {
    Mlp model =
        new Mlp(
            List.of(1, 1),
            Activation.TANH,
            Output.SIGMOID,
            Loss.CROSS_ENTROPY,
            new Init(Init.Scheme.GLOROT, 1, 0),
            0);
    Network network = Network.of(model, 2, OptionalDouble.empty(), 1);
    // σ(x): below one half for −1, above for 1 and 2. The third row is wrong.
    assertEquals(2, Cases.measure(network, new float[] {1, 0}, rows()).correct());
    // σ(−x): the other way round.
    assertEquals(1, Cases.measure(network, new float[] {-1, 0}, rows()).correct());
  }

  private static Rows rows() {
    return new Rows() {
      @Override
      public int count() {
        return 3;
      }

      @Override
      public long index(int row) {
        return row;
      }

      @Override
      public int features() {
        return 1;
      }

      @Override
      public void copyFeatures(int from, int count, float[] into) {
        System.arraycopy(FEATURES, from, into, 0, count);
      }

      @Override
      public void copyTargets(int from, int count, float[] into) {
        System.arraycopy(TARGETS, from, into, 0, count);
      }

      @Override
      public boolean labelled() {
        return true;
      }
    };
  }
}
