package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Quickprop (Fahlman 1988, An empirical study of learning speed in back-propagation networks): a
 * Newton step in every direction by itself, the second derivative being taken from the last two
 * slopes.
 *
 * <pre>
 * Δ ← Δ'·g / (g' − g)   at most μ times as long as the previous step Δ'
 *     − ηg              added where g has kept its sign, or where Δ' is 0
 * w ← w + Δ
 * </pre>
 */
record Quickprop(LearningRate learningRate, float μ) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("previous_gradient", 0), new Slot("step", 0));
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round.round());
    float[] w = state.current();
    float[] next = state.next();
    float[] previous = state.slots()[0];
    float[] Δ = state.slots()[1];
    for (int i = from; i < to; i++) {
      float slope = g[i - from];
      float secant = finite(factor(slope, previous[i], Δ[i]) * Δ[i]);
      float linear = Δ[i] == 0 || sign(slope) * sign(previous[i]) > 0 ? η * slope : 0;
      Δ[i] = finite(secant - linear);
      next[i] = finite(w[i] + Δ[i]);
      previous[i] = slope;
    }
  }

  /**
   * The next step over the previous one, g / (g' − g) within [−μ, μ]. With the previous step's
   * direction taken out, s and p are the slopes downhill along it, now and then. Where s is above
   * pμ/(1+μ), the parabola through both has its lowest point further than μ steps ahead, or none:
   * the factor is μ. Two slopes of 0 tell nothing: it is 0.
   */
  private float factor(float g, float previous, float Δ) {
    float s = -g * sign(Δ);
    float p = -previous * sign(Δ);
    if (s > p * (μ / (1 + μ))) {
      return μ;
    }
    return s == 0 && p == 0 ? 0 : Math.max(-μ, Math.min(μ, s / (p - s)));
  }
}
