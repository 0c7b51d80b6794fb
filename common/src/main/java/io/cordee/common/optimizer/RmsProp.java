package io.cordee.common.optimizer;

import java.util.List;

/**
 * RMSprop, with ε outside the root.
 *
 * <pre>
 * v ← γv + (1 − γ)g²
 * w ← w − η g / (√v + ε)
 * </pre>
 */
record RmsProp(LearningRate learningRate, float γ, float ε) implements BlockUpdate {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("mean_square", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.rmsProp(learningRate.forUnitSteps(round), round.kept(γ), ε);
  }
}
