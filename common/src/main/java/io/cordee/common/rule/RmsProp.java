package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * RMSprop, with ε outside the root:
 *
 * <pre>
 * v ← γv + (1 − γ)g²
 * w ← w − η g / (√v + ε)
 * </pre>
 */
record RmsProp(LearningRate learningRate, float γ, float ε) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean_square", 0));
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round.round());
    float[] w = state.current();
    float[] next = state.next();
    float[] v = state.slots()[0];
    for (int i = from; i < to; i++) {
      float slope = g[i - from];
      v[i] = finite(γ * v[i] + (1 - γ) * (slope * slope));
      next[i] = finite(w[i] - η * (slope / ((float) Math.sqrt(v[i]) + ε)));
    }
  }
}
