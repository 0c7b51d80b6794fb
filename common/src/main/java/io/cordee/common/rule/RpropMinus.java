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
record RpropMinus(StepSizes sizes) implements SignRule {

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
        float s = sign(perRow * sums[i]);
        η[i] = sizes.adapt(η[i], s * previous[i]);
        previous[i] = s;
        next[i] = finite(w[i] - s * η[i]);
      }
    };
  }
}
