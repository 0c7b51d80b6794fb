package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Choice;
import io.cordee.common.optimizer.Setting.Number;
import io.cordee.function.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Pulls all weights towards 0, around the step of any optimizer. */
sealed interface WeightDecay {

  Setting AMOUNT =
      new Number("weight_decay", 0.0, Bounds.NOT_NEGATIVE, "λ, the pull on every weight towards 0");

  Setting L1 =
      new Number(
          "l1", 0.0, Bounds.NOT_NEGATIVE, "λ₁, added to the gradient with the sign of the weight");

  Setting OF_BIASES =
      new Choice(
          "decay_biases",
          "true",
          List.of("true", "false"),
          "false: weight_decay and l1 leave biases alone");

  String KIND = "decay";

  /** Only for optimizers with a learning rate. */
  static Setting kind(String usual) {
    return new Choice(
        KIND,
        usual,
        List.of("coupled", "decoupled"),
        "λw is part of the gradient, or (AdamW) w loses ηλw besides the optimizer's step");
  }

  /**
   * @param layout of the vector, which tells weights from biases; without one, all are weights
   */
  static WeightDecay of(Settings settings, Optional<Layout> layout) {
    WeightDecay ofAll = ofAll(settings);
    boolean sparesBiases =
        settings.values().containsKey(OF_BIASES.key())
            && settings.choice(OF_BIASES.key()).equals("false");
    return sparesBiases && layout.isPresent() && !(ofAll instanceof None)
        ? new OfWeights(ofAll, layout.get(), 0)
        : ofAll;
  }

  private static WeightDecay ofAll(Settings settings) {
    float λ = settings.single(AMOUNT.key());
    float λ1 = settings.values().containsKey(L1.key()) ? settings.single(L1.key()) : 0;
    if (λ == 0 && λ1 == 0) {
      return new None();
    }
    return settings.values().containsKey(KIND) && settings.choice(KIND).equals("decoupled")
        ? new Decoupled(λ, LearningRate.of(settings), new Coupled(0, λ1))
        : new Coupled(λ, λ1);
  }

  /** Before the optimizer steps [from, to): may change its means. */
  default void beforeStep(Update update, float[] means, ParameterState state, int from, int to) {}

  /** After the optimizer has stepped [from, to): may change its next weights. */
  default void afterStep(RoundScalars round, ParameterState state, int from, int to) {}

  default WeightDecay at(int first) {
    return this;
  }

  record None() implements WeightDecay {}

  /**
   * Adds ½λ|w|² to the loss: λw to the gradient, where that was taken, and λ to the diagonal of the
   * Hessian. Likewise λ₁|w|, of which the derivative is λ₁ times the sign of w.
   */
  record Coupled(float λ, float λ1) implements WeightDecay {

    @Override
    public void beforeStep(Update update, float[] means, ParameterState state, int from, int to) {
      float[] w = state.current();
      int start = from;
      if (update.hasLookahead()) {
        w = new float[to - from];
        start = 0;
        update.lookaheadPoint(state.current(), state, from, to, w, start);
      }
      for (int k = 0; k < to - from; k++) {
        means[k] = finite(means[k] + λ * w[start + k] + λ1 * Math.signum(w[start + k]));
      }
      update.curvature().addToDiagonal(λ, means, from, to, state.current().length);
    }
  }

  /**
   * Leaves biases alone. Not for optimizers that take curvature.
   *
   * @param first where in the vector the state begins
   */
  record OfWeights(WeightDecay ofAll, Layout layout, int first) implements WeightDecay {

    @Override
    public WeightDecay at(int next) {
      return new OfWeights(ofAll, layout, first + next);
    }

    @Override
    public void beforeStep(Update update, float[] means, ParameterState state, int from, int to) {
      float[] before = Arrays.copyOf(means, to - from);
      ofAll.beforeStep(update, means, state, from, to);
      restoreBiases(before, means, 0, from, to);
    }

    @Override
    public void afterStep(RoundScalars round, ParameterState state, int from, int to) {
      float[] before = Arrays.copyOfRange(state.next(), from, to);
      ofAll.afterStep(round, state, from, to);
      restoreBiases(before, state.next(), from, from, to);
    }

    /**
     * Restores those of the parameters [from, to), which stand in {@code values} from {@code at}
     * on.
     */
    private void restoreBiases(float[] before, float[] values, int at, int from, int to) {
      for (Layout.Tensor tensor : layout.tensors()) {
        int low = Math.max(from, tensor.offset() - first);
        int high = Math.min(to, tensor.offset() + tensor.size() - first);
        if (tensor.isBias() && low < high) {
          System.arraycopy(before, low - from, values, at + low - from, high - low);
        }
      }
    }
  }

  /**
   * Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization: what the optimizer makes of
   * the gradient stays as it is, and w loses ηλw of its own.
   *
   * @param l1 what is part of the gradient all the same
   */
  record Decoupled(float λ, LearningRate learningRate, Coupled l1) implements WeightDecay {

    @Override
    public void beforeStep(Update update, float[] means, ParameterState state, int from, int to) {
      if (l1.λ1 != 0) {
        l1.beforeStep(update, means, state, from, to);
      }
    }

    @Override
    public void afterStep(RoundScalars round, ParameterState state, int from, int to) {
      float ηλ = finite(learningRate.at(round) * λ);
      float[] w = state.current();
      float[] next = state.next();
      for (int i = from; i < to; i++) {
        next[i] = finite(next[i] - ηλ * w[i]);
      }
    }
  }
}
