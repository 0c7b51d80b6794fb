package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.rule.StepSizes.flip;
import static io.cordee.common.rule.StepSizes.signUnlessFlipped;

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
record ImprovedRpropPlus(StepSizes sizes) implements SignRule {

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public Step in(RoundScalars round) {
    float rose = round.lossRose() ? 1 : 0;
    return block -> {
      sizes.adapt(block);
      float[] w = block.current();
      float[] next = block.next();
      float[] η = block.slot(0);
      float[] turn = block.slot(1);
      for (int i = block.from(), to = block.to(); i < to; i++) {
        float flip = flip(turn[i]);
        float s = signUnlessFlipped(turn[i]);
        next[i] = finite(blend(flip * rose, next[i], w[i]) - s * η[i]);
        turn[i] = s;
      }
    };
  }
}
