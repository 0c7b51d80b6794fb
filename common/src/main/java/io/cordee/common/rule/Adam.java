package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Adam (Kingma & Ba 2015), in the deck's letters; t is the round, counted from 1:
 *
 * <pre>
 * m ← δm + (1 − δ)g      m̂ = m / (1 − δᵗ)
 * v ← γv + (1 − γ)g²     v̂ = v / (1 − γᵗ)
 * w ← w − η m̂ / (√v̂ + ε)
 * </pre>
 */
record Adam(LearningRate learningRate, float δ, float γ, float ε) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean", 0), new Slot("mean_square", 0));
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round.round());
    float mShare = filled(δ, round.round());
    float vShare = filled(γ, round.round());
    float[] w = state.current();
    float[] next = state.next();
    float[] m = state.slots()[0];
    float[] v = state.slots()[1];
    for (int i = from; i < to; i++) {
      float slope = g[i - from];
      m[i] = finite(δ * m[i] + (1 - δ) * slope);
      v[i] = finite(γ * v[i] + (1 - γ) * (slope * slope));
      float mean = finite(m[i] / mShare);
      float root = (float) Math.sqrt(finite(v[i] / vShare));
      next[i] = finite(w[i] - η * finite(mean / (root + ε)));
    }
  }

  /** The share of a running mean that does not stem from its start at 0. */
  private static float filled(float decay, int round) {
    return (float) (1 - StrictMath.pow(decay, round));
  }
}
