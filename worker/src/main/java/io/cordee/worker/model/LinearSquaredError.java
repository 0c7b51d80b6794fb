package io.cordee.worker.model;

/** E = ½ Σ (y − t)² with y = z. ∂E/∂z = y − t, ∂²E/∂z² = 1. */
record LinearSquaredError(int units) implements OutputUnits {

  @Override
  public void activate(float[] z, float[] y, int rows) {
    for (int i = 0; i < rows * units; i++) {
      y[i] = z[i] + 0f; // never −0
    }
  }

  @Override
  public double loss(float[] z, float[] y, float[] t, int row) {
    return OutputUnits.squaredError(y, t, row, units);
  }

  @Override
  public void errors(float[] y, float[] t, float[] e, int rows) {
    for (int i = 0; i < rows * units; i++) {
      e[i] = y[i] - t[i];
    }
  }

  @Override
  public void curvature(float[] y, float[] t, float[] c, int rows) {
    for (int i = 0; i < rows * units; i++) {
      c[i] = 1;
    }
  }

  @Override
  public void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows) {
    // the identity
  }
}
