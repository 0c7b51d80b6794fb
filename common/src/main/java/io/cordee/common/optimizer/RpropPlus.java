package io.cordee.common.optimizer;

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
 *
 * <p>With iRprop+ (Igel & Hüsken 2003) a flip takes the last step back only if the loss L rose with
 * it; otherwise the weight stays where it is:
 *
 * <pre>
 * w ← w − sη
 *     w', and s ← 0, if it flipped and L > L'
 *     w,  and s ← 0, if it flipped and L ≤ L'
 * </pre>
 *
 * @param isImproved whether it is iRprop+
 */
record RpropPlus(StepSizes sizes, boolean isImproved) implements SignUpdate {

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public boolean rests() {
    return true;
  }

  @Override
  public Step in(RoundScalars round) {
    float back = !isImproved || round.lossRose() ? 1 : 0;
    return UpdateSteps.rpropPlus(sizes.min(), sizes.max(), sizes.α(), sizes.β(), back);
  }
}
