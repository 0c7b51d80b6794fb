package io.cordee.common.rule;

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
    return RpropPlus.step(sizes, round.lossRose() ? 1 : 0);
  }
}
