package io.cordee.worker.model;

import io.cordee.worker.math.ElementFunctions;

/** y = exp(z) / Σ exp(z), row by row. */
final class Softmax {

  private final int units;
  private final ElementFunctions functions;
  private final double[] sums;

  Softmax(int units, int microBatch, ElementFunctions functions) {
    this.units = units;
    this.functions = functions;
    sums = new double[microBatch];
  }

  /**
   * z ← z less its largest element, so that no exponential overflows and one is 1; y ← softmax(z),
   * flushed.
   */
  void activate(float[] z, float[] y, int rows) {
    for (int row = 0; row < rows; row++) {
      int from = row * units;
      float largest = z[from];
      for (int i = from + 1; i < from + units; i++) {
        if (z[i] > largest) {
          largest = z[i];
        }
      }
      for (int i = from; i < from + units; i++) {
        z[i] -= largest;
      }
    }
    System.arraycopy(z, 0, y, 0, rows * units);
    functions.expOfNonPositive(y, rows * units);
    for (int row = 0; row < rows; row++) {
      int from = row * units;
      double sum = 0;
      for (int i = from; i < from + units; i++) {
        sum += y[i];
      }
      sums[row] = sum;
      float scale = (float) (1 / sum);
      for (int i = from; i < from + units; i++) {
        y[i] *= scale;
      }
    }
    ElementFunctions.flush(y, rows * units);
  }

  /** Σ exp(z) of a row of the last {@link #activate}, of the z that it left. */
  double sum(int row) {
    return sums[row];
  }
}
