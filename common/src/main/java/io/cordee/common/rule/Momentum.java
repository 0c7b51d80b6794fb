package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Momentum:
 *
 * <pre>
 * Δ ← βΔ − ηg
 * w ← w + Δ
 * </pre>
 */
record Momentum(LearningRate learningRate, float β) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("step", 0));
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round.round());
    float[] w = state.current();
    float[] next = state.next();
    float[] Δ = state.slots()[0];
    for (int i = from; i < to; i++) {
      Δ[i] = finite(β * Δ[i] - η * g[i - from]);
      next[i] = finite(w[i] + Δ[i]);
    }
  }
}
