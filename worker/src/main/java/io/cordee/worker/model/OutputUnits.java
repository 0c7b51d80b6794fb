package io.cordee.worker.model;

import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.worker.math.ElementFunctions;

/**
 * The last layer's units together with the loss.
 *
 * <p>Arrays are [rows, units], row-major: weighted sums z, outputs y, targets t. E is the loss of a
 * row. Not thread-safe: an instance owns scratch for one micro-batch.
 */
interface OutputUnits {

  static OutputUnits of(Mlp model, int microBatch, ElementFunctions functions) {
    int units = model.outputs();
    boolean crossEntropy = model.loss() == Loss.CROSS_ENTROPY;
    return switch (model.output()) {
      case SOFTMAX -> {
        Softmax softmax = new Softmax(units, microBatch, functions);
        yield crossEntropy
            ? new SoftmaxCrossEntropy(units, softmax)
            : new SoftmaxSquaredError(units, softmax);
      }
      case SIGMOID ->
          crossEntropy
              ? new SigmoidCrossEntropy(units, microBatch, functions)
              : new SigmoidSquaredError(units, (float) model.derivativeOffset(), functions);
      case LINEAR -> new LinearSquaredError(units);
    };
  }

  /** y ← outputs. May replace z by what {@link #loss} needs instead. */
  void activate(float[] z, float[] y, int rows);

  /** E of one row, after {@link #activate}. */
  double loss(float[] z, float[] y, float[] t, int row);

  /** e ← ∂E/∂z. */
  void errors(float[] y, float[] t, float[] e, int rows);

  /** c ← the diagonal of ∂²E/∂z², in the Gauss–Newton form where that differs: never negative. */
  void curvature(float[] y, float[] t, float[] c, int rows);

  /** r ← (∂²E/∂z²) · r, row by row, exactly. */
  void multiplyBySecondDerivative(float[] y, float[] t, float[] r, int rows);

  /** ½ Σ (y − t)² of one row. */
  static double squaredError(float[] y, float[] t, int row, int units) {
    double sum = 0;
    for (int i = row * units; i < (row + 1) * units; i++) {
      double d = (double) y[i] - t[i];
      sum += d * d;
    }
    return sum / 2;
  }
}
