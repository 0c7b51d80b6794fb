package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

import java.util.Arrays;
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
record Nesterov(Momentum momentum) implements BlockUpdate {

  @Override
  public List<Slot> slots() {
    return momentum.slots();
  }

  @Override
  public Step in(RoundScalars round) {
    return momentum.in(round);
  }

  @Override
  public boolean hasLookahead() {
    return true;
  }

  @Override
  public void lookaheadPoint(
      float[] w, ParameterState state, int from, int to, float[] into, int at) {
    if (at == from) {
      ahead(w, state.slots()[0], from, to, into);
      return;
    }
    float[] Δ = Arrays.copyOfRange(state.slots()[0], from, to);
    float[] point = Arrays.copyOfRange(w, from, to);
    ahead(point, Δ, 0, point.length, point);
    System.arraycopy(point, 0, into, at, point.length);
  }

  private void ahead(float[] w, float[] Δ, int from, int to, float[] point) {
    float β = momentum.β();
    for (int i = from; i < to; i++) {
      point[i] = finite(w[i] + β * Δ[i]);
    }
  }
}
