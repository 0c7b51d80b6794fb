package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Rprop with weight backtracking (Riedmiller & Braun 1993; named Rprop+ by Igel & Hüsken 2003).
 * Where the sign s of the derivative flips, the last step is taken back: exactly, to the previous
 * location w', as w − Δ would be off by a rounding for a quarter of all floats. η adapts as in
 * {@link StepSizes}.
 *
 * <pre>
 * w ← w − sη
 *     w', and s ← 0, if it flipped
 * </pre>
 */
record RpropPlus(StepSizes sizes) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float[] w = state.current();
    float[] next = state.next();
    float[] η = state.slots()[0];
    float[] previous = state.slots()[1];
    for (int i = from; i < to; i++) {
      float s = sign(g[i - from]);
      float product = s * previous[i];
      float flip = StepSizes.flip(product);
      η[i] = sizes.adapt(η[i], product);
      s = blend(flip, 0, s);
      next[i] = finite(blend(flip, next[i], w[i]) - s * η[i]);
      previous[i] = s;
    }
  }
}
