package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;

/**
 * E = ½ Σ (y − t)² with y = sigmoid(z) and y′ = y(1 − y). ∂E/∂z = (y − t)·y′; the Gauss–Newton form
 * of ∂²E/∂z² is y′².
 *
 * @param offset added to y′ in the backward pass of ∂E/∂z
 */
record SigmoidSquaredError(int units, float offset, ElementFunctions functions)
    implements OutputUnits {

  @Override
  public void activate(float[] z, float[] y, int rows) {
    System.arraycopy(z, 0, y, 0, rows * units);
    functions.sigmoid(y, rows * units);
  }

  @Override
  public double loss(float[] z, float[] y, float[] t, int row) {
    return OutputUnits.squaredError(y, t, row, units);
  }

  @Override
  public void errors(float[] y, float[] t, float[] e, int rows) {
    for (int i = 0; i < rows * units; i++) {
      e[i] = (y[i] - t[i]) * (y[i] * (1 - y[i]) + offset);
    }
  }

  @Override
  public void curvature(float[] y, float[] t, float[] c, int rows) {
    for (int i = 0; i < rows * units; i++) {
      float slope = y[i] * (1 - y[i]);
      c[i] = slope * slope;
    }
  }

  /** ∂²E/∂z² = y′·(y′ + (y − t)(1 − 2y)). */
  @Override
  public void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows) {
    for (int i = 0; i < rows * units; i++) {
      float slope = y[i] * (1 - y[i]);
      r[i] *= slope * (slope + (y[i] - t[i]) * (1 - 2 * y[i]));
    }
  }
}
