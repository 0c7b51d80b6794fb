package io.cordee.common.rule;

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
    return RuleSteps.momentum(learningRate.at(round), β);
  }
}
