package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Adam (Kingma & Ba 2015), in the lecture's letters; t is the round, counted from 1.
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
record Adam(LearningRate learningRate, float δ, float γ, float ε) implements BlockUpdate {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean", 0), new Slot("mean_square", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float η = finite(learningRate.forUnitSteps(round) / filled(δ, round.progress()));
    float toMeanSquare = 1 / filled(γ, round.progress());
    return UpdateSteps.adam(η, round.kept(δ), round.kept(γ), toMeanSquare, ε);
  }

  /** The share of a running mean that does not stem from its start at 0. */
  private static float filled(float decay, double progress) {
    return (float) (1 - StrictMath.pow(decay, progress));
  }
}
