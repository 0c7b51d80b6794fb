package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * iRprop+ (Igel & Hüsken 2003): as {@link RpropPlus}, but a flip takes the last step back only if
 * the loss L rose with it; otherwise the weight stays where it is.
 *
 * <pre>
 * w ← w − sη
 *     w', and s ← 0, if it flipped and L > L'
 *     w,  and s ← 0, if it flipped and L ≤ L'
 * </pre>
 */
record ImprovedRpropPlus(StepSizes sizes) implements RangeRule {

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float rose = round.meanLoss() > round.previousMeanLoss() ? 1 : 0;
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
      next[i] = finite(blend(flip * rose, next[i], w[i]) - s * η[i]);
      previous[i] = s;
    }
  }
}
