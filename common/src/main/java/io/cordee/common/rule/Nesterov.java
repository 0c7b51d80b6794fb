package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Nesterov's accelerated gradient: momentum with g taken where the previous step, carried on, would
 * lead. The model is w, not ŵ.
 *
 * <pre>
 * ŵ = w + βΔ
 * Δ ← βΔ − η g(ŵ)
 * w ← w + Δ
 * </pre>
 */
record Nesterov(Momentum momentum) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return momentum.slots();
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    momentum.step(round, g, state, from, to);
  }

  @Override
  public boolean hasOwnEvaluationPoint() {
    return true;
  }

  @Override
  public void evaluationPoint(
      float[] w, ParameterState state, int from, int to, float[] into, int at) {
    float β = momentum.β();
    float[] Δ = state.slots()[0];
    for (int i = from; i < to; i++) {
      into[at + i - from] = finite(w[i] + β * Δ[i]);
    }
  }
}
