package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;

/**
 * E = −Σ (t·ln y + (1 − t)·ln(1 − y)) with y = sigmoid(z), each unit for itself. ∂E/∂z = y − t,
 * ∂²E/∂z² = y(1 − y).
 */
final class SigmoidCrossEntropy implements OutputUnits {

  private final int units;
  private final ElementFunctions functions;
  private final float[] exponentials;

  SigmoidCrossEntropy(int units, int microBatch, ElementFunctions functions) {
    this.units = units;
    this.functions = functions;
    exponentials = new float[units * microBatch];
  }

  @Override
  public void activate(float[] z, float[] y, int rows) {
    System.arraycopy(z, 0, y, 0, rows * units);
    functions.sigmoid(y, rows * units);
    for (int i = 0; i < rows * units; i++) {
      exponentials[i] = -Math.abs(z[i]);
    }
    functions.expOfNonPositive(exponentials, rows * units);
  }

  /**
   * E = Σ (max(z, 0) − z·t + ln(1 + exp(−|z|))), which needs no digits of 1 − y. The logarithms are
   * combined: Π (1 + e) − 1 keeps small e, and ln(1 + it) is one call a row unless the product
   * grows large.
   */
  @Override
  public double loss(float[] z, float[] y, float[] t, int row) {
    double loss = 0;
    double product = 0; // less 1
    for (int i = row * units; i < (row + 1) * units; i++) {
      double e = exponentials[i];
      loss += Math.max(z[i], 0.0) - (double) z[i] * t[i];
      product += e + product * e;
      if (product > 0x1p1000) {
        loss += StrictMath.log1p(product);
        product = 0;
      }
    }
    return loss + StrictMath.log1p(product);
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
      c[i] = y[i] * (1 - y[i]);
    }
  }

  @Override
  public void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows) {
    for (int i = 0; i < rows * units; i++) {
      r[i] *= y[i] * (1 - y[i]);
    }
  }
}
