package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Adam (Kingma & Ba 2015), in the deck's letters; t is the round, counted from 1:
 *
 * <pre>
 * m ← δm + (1 − δ)g      m̂ = m / (1 − δᵗ)
 * v ← γv + (1 − γ)g²     v̂ = v / (1 − γᵗ)
 * w ← w − η m̂ / (√v̂ + ε)
 * </pre>
 *
 * <p>η / (1 − δᵗ) and 1 / (1 − γᵗ) are rounded to float once a round, and multiplied with.
 *
 * <p>A part of a round, applied by itself, counts as its share of a round in t, and keeps δ and γ
 * to the power of that share.
 */
record Adam(LearningRate learningRate, float δ, float γ, float ε) implements BlockRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean", 0), new Slot("mean_square", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float δ = round.kept(this.δ);
    float γ = round.kept(this.γ);
    float η = finite(learningRate.forUnitSteps(round) / filled(this.δ, round.progress()));
    float toMeanSquare = 1 / filled(this.γ, round.progress());
    return new Step(
        block -> {
          float[] sums = block.sums();
          float perRow = block.perRow();
          float[] w = block.current();
          float[] next = block.next();
          float[] m = block.slot(0);
          float[] v = block.slot(1);
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float g = perRow * sums[i];
            m[i] = finite(δ * m[i] + (1 - δ) * g);
          }
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float g = perRow * sums[i];
            v[i] = Math.min(Float.MAX_VALUE, γ * v[i] + (1 - γ) * Math.min(Float.MAX_VALUE, g * g));
            float root = (float) Math.sqrt(Math.min(Float.MAX_VALUE, toMeanSquare * v[i]));
            next[i] = finite(w[i] - η * finite(m[i] / (root + ε)));
          }
        },
        block -> VectorSteps.adam(block, η, δ, γ, toMeanSquare, ε));
  }

  /** The share of a running mean that does not stem from its start at 0. */
  private static float filled(float decay, double progress) {
    return (float) (1 - StrictMath.pow(decay, progress));
  }
}
