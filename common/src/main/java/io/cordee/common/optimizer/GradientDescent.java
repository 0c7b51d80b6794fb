package io.cordee.common.optimizer;

/**
 * Gradient descent.
 *
 * <pre>
 * w ← w − ηg
 * </pre>
 */
record GradientDescent(LearningRate learningRate) implements BlockUpdate {

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.gradientDescent(learningRate.at(round));
  }
}
