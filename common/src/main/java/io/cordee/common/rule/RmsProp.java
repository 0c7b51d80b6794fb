package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * RMSprop, with ε outside the root:
 *
 * <pre>
 * v ← γv + (1 − γ)g²
 * w ← w − η g / (√v + ε)
 * </pre>
 */
record RmsProp(LearningRate learningRate, float γ, float ε) implements BlockRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean_square", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float η = learningRate.forUnitSteps(round);
    float γ = round.kept(this.γ);
    return new Step(
        block -> {
          float[] sums = block.sums();
          float perRow = block.perRow();
          float[] w = block.current();
          float[] next = block.next();
          float[] v = block.slot(0);
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float g = perRow * sums[i];
            v[i] = finite(γ * v[i] + (1 - γ) * Math.min(Float.MAX_VALUE, g * g));
            next[i] = finite(w[i] - η * finite(g / ((float) Math.sqrt(v[i]) + ε)));
          }
        },
        block -> VectorSteps.rmsProp(block, η, γ, ε));
  }
}
