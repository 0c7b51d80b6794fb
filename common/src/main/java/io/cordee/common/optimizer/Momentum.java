package io.cordee.common.optimizer;

import java.util.List;

/**
 * Momentum.
 *
 * <pre>
 * Δ ← βΔ − ηg
 * w ← w + Δ
 * </pre>
 */
record Momentum(LearningRate learningRate, float β) implements BlockUpdate {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("step", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.momentum(learningRate.at(round), β);
  }
}
