package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

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
    float η = learningRate.at(round);
    return new Step(
        block -> {
          float[] sums = block.sums();
          float perRow = block.perRow();
          float[] w = block.current();
          float[] next = block.next();
          for (int i = block.from(), to = block.to(); i < to; i++) {
            float g = perRow * sums[i];
            next[i] = finite(w[i] - η * g);
          }
        },
        block -> VectorSteps.gradientDescent(block, η));
  }
}
