package io.cordee.worker.model;

/**
 * E = −Σ t·ln y with y = softmax(z). For targets that sum to T (1 for a class label), ∂E/∂z = T·y −
 * t and ∂²E/∂z² = T·(diag(y) − y·yᵀ).
 */
record SoftmaxCrossEntropy(int units, Softmax softmax) implements OutputUnits {

  @Override
  public void activate(float[] z, float[] y, int rows) {
    softmax.activate(z, y, rows);
  }

  /** −ln y = ln Σ exp(z) − z, which is exact where y has no digits left. */
  @Override
  public double loss(float[] z, float[] y, float[] t, int row) {
    double logOfSum = StrictMath.log(softmax.sum(row));
    double loss = 0;
    for (int i = row * units; i < (row + 1) * units; i++) {
      if (t[i] != 0) {
        loss += t[i] * (logOfSum - z[i]);
      }
    }
    return loss;
  }

  @Override
  public void errors(float[] y, float[] t, float[] e, int rows) {
    for (int row = 0; row < rows; row++) {
      float total = total(t, row);
      for (int i = row * units; i < (row + 1) * units; i++) {
        e[i] = total * y[i] - t[i];
      }
    }
  }

  @Override
  public void curvature(float[] y, float[] t, float[] c, int rows) {
    for (int row = 0; row < rows; row++) {
      float total = total(t, row);
      for (int i = row * units; i < (row + 1) * units; i++) {
        c[i] = total * (y[i] * (1 - y[i]));
      }
    }
  }

  @Override
  public void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows) {
    for (int row = 0; row < rows; row++) {
      float total = total(t, row);
      float mean = 0;
      for (int i = row * units; i < (row + 1) * units; i++) {
        mean += y[i] * r[i];
      }
      for (int i = row * units; i < (row + 1) * units; i++) {
        r[i] = total * (y[i] * (r[i] - mean));
      }
    }
  }

  private float total(float[] t, int row) {
    float total = 0;
    for (int i = row * units; i < (row + 1) * units; i++) {
      total += t[i];
    }
    return total;
  }
}
