package io.cordee.common.optimizer;

import java.util.List;

/**
 * Quickprop (Fahlman 1988, An empirical study of learning speed in back-propagation networks): a
 * Newton step in every direction by itself, the second derivative being taken from the last two
 * slopes.
 *
 * <pre>
 * Δ ← Δ'·g / (g' − g)   at most μ times as long as the previous step Δ'
 *     − ηg              added where g has kept its sign, or where Δ' is 0
 * w ← w + Δ
 * </pre>
 *
 * <p>Δ is held within ±{@link Float#MAX_VALUE} / 2μ, so that μ times as much does not overflow.
 */
record Quickprop(LearningRate learningRate, float μ) implements BlockUpdate {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("previous_gradient", 0), new Slot("step", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.quickprop(learningRate.at(round), μ, longestStep());
  }

  float longestStep() {
    return Float.MAX_VALUE / 2 / μ;
  }
}
