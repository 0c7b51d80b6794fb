package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

/**
 * Newton's method with the diagonal h of the Hessian; damped, and with |h|, so that it goes
 * downhill under negative curvature too.
 *
 * <pre>
 * w ← w − η g / (|h| + damping)
 * </pre>
 */
record DiagonalNewton(LearningRate learningRate, float damping) implements RangeUpdate {

  @Override
  public Curvature curvature() {
    return Curvature.DIAGONAL;
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float η = learningRate.at(round);
    int size = to - from;
    float[] w = state.current();
    float[] next = state.next();
    for (int i = from; i < to; i++) {
      float h = g[size + i - from];
      next[i] = finite(w[i] - η * finite(g[i - from] / (Math.abs(h) + damping)));
    }
  }
}
