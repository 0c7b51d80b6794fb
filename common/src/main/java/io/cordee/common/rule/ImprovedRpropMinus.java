package io.cordee.common.rule;

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
record ImprovedRpropMinus(StepSizes sizes) implements SignRule {

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public Step in(RoundScalars round) {
    return block -> {
      float[] sums = block.sums();
      float perRow = block.perRow();
      float[] w = block.current();
      float[] next = block.next();
      float[] η = block.slot(0);
      float[] previous = block.slot(1);
      for (int i = block.from(), to = block.to(); i < to; i++) {
        float sign = sign(perRow * sums[i]);
        float product = sign * previous[i];
        η[i] = sizes.adapt(η[i], product);
        previous[i] = sign * Math.min(1f, 1 + product) + 0f; // never −0
      }
      for (int i = block.from(), to = block.to(); i < to; i++) {
        next[i] = finite(w[i] - previous[i] * η[i]);
      }
    };
  }
}
