package io.cordee.common.optimizer;

/**
 * signSGD (Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems):
 *
 * <pre>
 * w ← w − η sign(g)
 * </pre>
 */
record SignSgd(LearningRate learningRate) implements SignUpdate {

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.signSgd(learningRate.forUnitSteps(round));
  }
}
