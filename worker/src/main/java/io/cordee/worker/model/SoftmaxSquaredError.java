package io.cordee.worker.model;

/**
 * E = ½ Σ (y − t)² with y = softmax(z). With J = ∂y/∂z = diag(y) − y·yᵀ, ∂E/∂z = Jᵀ(y − t), and the
 * Gauss–Newton form of ∂²E/∂z² is JᵀJ.
 */
record SoftmaxSquaredError(int units, Softmax softmax) implements OutputUnits {

  @Override
  public void activate(float[] z, float[] y, int rows) {
    softmax.activate(z, y, rows);
  }

  @Override
  public double loss(float[] z, float[] y, float[] t, int row) {
    return OutputUnits.squaredError(y, t, row, units);
  }

  @Override
  public void errors(float[] y, float[] t, float[] e, int rows) {
    for (int row = 0; row < rows; row++) {
      float mean = meanError(y, t, row);
      for (int i = row * units; i < (row + 1) * units; i++) {
        e[i] = y[i] * ((y[i] - t[i]) - mean);
      }
    }
  }

  /** (JᵀJ)ᵢᵢ = yᵢ² ((1 − yᵢ)² + Σ over j ≠ i of yⱼ²). */
  @Override
  public void curvature(float[] y, float[] t, float[] c, int rows) {
    for (int row = 0; row < rows; row++) {
      float squares = 0;
      for (int i = row * units; i < (row + 1) * units; i++) {
        squares += y[i] * y[i];
      }
      for (int i = row * units; i < (row + 1) * units; i++) {
        float others = Math.max(0, squares - y[i] * y[i]);
        c[i] = y[i] * y[i] * ((1 - y[i]) * (1 - y[i]) + others);
      }
    }
  }

  /** The derivative of e = y ∘ (g − Σ g·y), g = y − t, in the direction in which z moves by r. */
  @Override
  public void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows) {
    for (int row = 0; row < rows; row++) {
      int from = row * units;
      int to = from + units;
      float mean = meanError(y, t, row);
      float meanMove = 0;
      for (int i = from; i < to; i++) {
        meanMove += y[i] * r[i];
      }
      float moveOfMean = 0;
      for (int i = from; i < to; i++) {
        float move = y[i] * (r[i] - meanMove); // of y, and of g
        moveOfMean += move * y[i] + (y[i] - t[i]) * move;
      }
      for (int i = from; i < to; i++) {
        float move = y[i] * (r[i] - meanMove);
        r[i] = move * ((y[i] - t[i]) - mean) + y[i] * (move - moveOfMean);
      }
    }
  }

  /** Σ g·y. */
  private float meanError(float[] y, float[] t, int row) {
    float mean = 0;
    for (int i = row * units; i < (row + 1) * units; i++) {
      mean += (y[i] - t[i]) * y[i];
    }
    return mean;
  }
}
