package io.cordee.common.optimizer;

import java.util.List;

/**
 * Rprop without weight backtracking (Riedmiller 1994; named Rprop− by Igel & Hüsken 2003): a flip
 * of the sign s of the derivative only shortens η, which adapts as in {@link StepSizes}.
 *
 * <pre>
 * w ← w − sη
 * </pre>
 *
 * <p>With iRprop− (Igel & Hüsken 2003; the same as torch.optim.Rprop) a sign that has flipped
 * counts as 0, so that the weight pauses for a round:
 *
 * <pre>
 * w ← w − sη
 *     w, and s ← 0, if it flipped
 * </pre>
 *
 * @param isImproved whether it is iRprop−
 */
record RpropMinus(StepSizes sizes, boolean isImproved) implements SignUpdate {

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
    float pause = isImproved ? 1 : 0;
    return UpdateSteps.rpropMinus(sizes.min(), sizes.max(), sizes.α(), sizes.β(), pause);
  }
}
