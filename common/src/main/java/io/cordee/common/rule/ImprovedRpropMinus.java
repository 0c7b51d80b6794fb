package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * iRprop− (Igel & Hüsken 2003; the same as torch.optim.Rprop): as {@link RpropMinus}, but where the
 * sign s of the derivative flips, it counts as 0, so that the weight pauses for a round.
 *
 * <pre>
 * w ← w − sη
 *     w, and s ← 0, if it flipped
 * </pre>
 */
record ImprovedRpropMinus(StepSizes sizes) implements RangeRule {

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
      η[i] = sizes.adapt(η[i], product);
      s = blend(StepSizes.flip(product), 0, s);
      next[i] = finite(w[i] - s * η[i]);
      previous[i] = s;
    }
  }
}
