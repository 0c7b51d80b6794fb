package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Momentum:
 *
 * <pre>
 * Δ ← βΔ − ηg
 * w ← w + Δ
 * </pre>
 */
record Momentum(LearningRate learningRate, float β) implements BlockRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("step", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float η = learningRate.at(round);
    return new Step(
        block -> {
          float[] sums = block.sums();
          float perRow = block.perRow();
          float[] w = block.current();
          float[] next = block.next();
          float[] Δ = block.slot(0);
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float g = perRow * sums[i];
            Δ[i] = finite(β * Δ[i] - η * g);
            next[i] = finite(w[i] + Δ[i]);
          }
        },
        block -> VectorSteps.momentum(block, η, β));
  }
}
