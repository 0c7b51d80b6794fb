package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

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
    float η = learningRate.forUnitSteps(round);
    return new Step(
        block -> {
          float[] sums = block.sums();
          float perRow = block.perRow();
          float[] w = block.current();
          float[] next = block.next();
          for (int i = block.from(), to = block.to(); i < to; i++) {
            next[i] = finite(w[i] - η * sign(perRow * sums[i]));
          }
        },
        block -> VectorSignSteps.signSgd(block, η));
  }
}
