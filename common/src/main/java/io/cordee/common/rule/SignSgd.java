package io.cordee.common.rule;

/**
 * signSGD (Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems):
 *
 * <pre>
 * w ← w − η sign(g)
 * </pre>
 */
record SignSgd(LearningRate learningRate) implements SignRule {

  @Override
  public Step in(RoundScalars round) {
    return RuleSteps.signSgd(learningRate.forUnitSteps(round));
  }
}
