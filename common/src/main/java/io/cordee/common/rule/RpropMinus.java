package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Rprop without weight backtracking (Riedmiller 1994; named Rprop− by Igel & Hüsken 2003): a flip
 * of the sign s of the derivative only shortens η, which adapts as in {@link StepSizes}.
 *
 * <pre>
 * w ← w − sη
 * </pre>
 */
record RpropMinus(StepSizes sizes) implements RangeRule {

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
      η[i] = sizes.adapt(η[i], s * previous[i]);
      next[i] = finite(w[i] - s * η[i]);
      previous[i] = s;
    }
  }
}
