package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Signum (Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems): signSGD
 * by a running mean of the gradient, which no replay needs.
 *
 * <pre>
 * m ← βm + (1 − β)g
 * w ← w − η sign(m)
 * </pre>
 */
record Signum(LearningRate learningRate, float β) implements SignRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("momentum", 0));
  }

  @Override
  public List<Slot> replayedSlots() {
    return List.of();
  }

  @Override
  public Step in(RoundScalars round) {
    float β = round.kept(this.β);
    Step replay = replay(round);
    return block -> {
      float[] sums = block.sums();
      float perRow = block.perRow();
      float[] m = block.slot(0);
      for (int i = block.from(), to = block.to(); i < to; i++) {
        float g = perRow * sums[i];
        m[i] = finite(β * m[i] + (1 - β) * g);
        sums[i] = sign(m[i]);
      }
      replay.step(block);
    };
  }

  @Override
  public Step replay(RoundScalars round) {
    return new SignSgd(learningRate).in(round);
  }
}
