package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;

import java.util.List;

/**
 * Gradient descent:
 *
 * <pre>
 * w ← w − ηg
 * </pre>
 */
record GradientDescent(LearningRate learningRate) implements BlockRule {

  @Override
  public List<Slot> slots() {
    return List.of();
  }

  @Override
  public Step in(RoundScalars round) {
    float η = learningRate.at(round);
    return block -> {
      float[] g = block.gradientInNext();
      float[] w = block.current();
      float[] next = block.next();
      for (int i = block.from(), to = block.to(); i < to; i++) {
        next[i] = finite(w[i] - η * g[i]);
      }
    };
  }
}
