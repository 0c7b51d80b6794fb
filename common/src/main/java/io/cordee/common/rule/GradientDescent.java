package io.cordee.common.rule;

/**
 * Gradient descent:
 *
 * <pre>
 * w ← w − ηg
 * </pre>
 */
record GradientDescent(LearningRate learningRate) implements BlockRule {

  @Override
  public Step in(RoundScalars round) {
    return RuleSteps.gradientDescent(learningRate.at(round));
  }
}
