package io.cordee.common.optimizer;

import io.cordee.common.kernel.Cholesky;
import io.cordee.common.kernel.Floats;
import io.cordee.common.reduce.Chunks;
import java.util.Arrays;
import java.util.List;

/**
 * Newton's method with the whole Hessian, solved by Cholesky in double:
 *
 * <pre>
 * (H + damping·I) Δ = −g
 * w ← w + ηΔ
 * </pre>
 *
 * Where H has negative curvature, the round's damping is raised tenfold until H + damping·I is
 * positive definite, so that Δ leads downhill. It must be so by a margin, as a matrix that is all
 * but singular throws Δ out of the region that H describes: without negative curvature no pivot of
 * the factorisation is below the damping, and with it none may be below half of that. Only the
 * upper triangle of H is read. Takes 8·n² bytes for n parameters while it steps.
 */
record FullNewton(LearningRate learningRate, float damping) implements WholeUpdate {

  private static final int MAX_PARAMETERS = 4096;
  private static final double RAISE = 10;
  private static final double MARGIN = 0.5;

  @Override
  public Curvature curvature() {
    return Curvature.FULL;
  }

  @Override
  public int maxParameters() {
    return MAX_PARAMETERS;
  }

  @Override
  public void step(RoundScalars round, List<float[]> means, Chunks chunks, ParameterState state) {
    double η = learningRate.at(round);
    float[] w = state.current();
    float[] next = state.next();
    double[] Δ = solution(round, means, chunks);
    for (int i = 0; i < w.length; i++) {
      next[i] = Floats.finite((float) (w[i] + η * Δ[i]));
    }
  }

  private double[] solution(RoundScalars round, List<float[]> means, Chunks chunks) {
    Cholesky system = new Cholesky(chunks.parameters());
    double[] Δ = new double[chunks.parameters()];
    for (double d = damping; Double.isFinite(d); d *= RAISE) {
      fill(system, Δ, means, chunks, d);
      if (system.factor(damping * MARGIN)) {
        system.solve(Δ);
        if (Arrays.stream(Δ).allMatch(Double::isFinite)) {
          return Δ;
        }
      }
    }
    throw new ArithmeticException(
        "round "
            + round.round()
            + ": no damping makes the Hessian positive definite; expected finite sums");
  }

  /** H + d·I and −g. */
  private static void fill(
      Cholesky system, double[] rightSide, List<float[]> means, Chunks chunks, double d) {
    int n = chunks.parameters();
    for (int c = 0; c < chunks.count(); c++) {
      float[] mean = means.get(c);
      int size = chunks.size(c);
      for (int k = 0; k < size; k++) {
        int i = chunks.from(c) + k;
        int start = size + k * n;
        double[] row = system.row(i);
        for (int j = i; j < n; j++) {
          row[j] = mean[start + j];
        }
        row[i] += d;
        rightSide[i] = -mean[k];
      }
    }
  }
}
