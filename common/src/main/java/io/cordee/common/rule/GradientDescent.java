package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Gradient descent:
 *
 * <pre>
 * w ← w − ηg
 * </pre>
 */
record GradientDescent(LearningRate learningRate) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return List.of();
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round.round());
    float[] w = state.current();
    float[] next = state.next();
    for (int i = from; i < to; i++) {
      next[i] = finite(w[i] - η * g[i - from]);
    }
  }
}
