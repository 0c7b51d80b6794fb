package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.rule.StepSizes.flip;
import static io.cordee.common.rule.StepSizes.signUnlessFlipped;

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
record RpropPlus(StepSizes sizes, boolean isImproved) implements SignRule {

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
    // 1 if the steps that led to a flip are taken back
    float back = !isImproved || round.lossRose() ? 1 : 0;
    return new Step(
        block -> {
          sizes.adapt(block);
          float[] w = block.current();
          float[] next = block.next();
          float[] η = block.slot(0);
          float[] turn = block.slot(1);
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float flip = flip(turn[i]);
            float s = signUnlessFlipped(turn[i]);
            next[i] = finite(blend(flip * back, next[i], w[i]) - s * η[i]);
            turn[i] = s;
          }
        },
        block -> VectorSignSteps.rpropPlus(block, sizes, back));
  }
}
