package io.cordee.worker.model;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Loss;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import java.util.List;

/**
 * What {@link Network} computes, written to be read: one row at a time, in double, with StrictMath,
 * no matrices and no tricks. Slow, and out of digits where a softmax saturates.
 *
 * <p>Layers count from 1. a[0] is the row; z[l][i] = b[i] + Σⱼ W[i][j]·a[l−1][j]; a[l] = f(z[l])
 * for hidden layers and the outputs y for the last. W of layer l is [out, in] at the layer's weight
 * offset, b is [out] at its bias offset.
 */
final class ReferenceNetwork {

  private final ModelSpec model;
  private final List<Dense> layers;
  private final int last;

  ReferenceNetwork(ModelSpec model) {
    this.model = model;
    layers = Dense.layersOf(model);
    last = layers.size();
  }

  private Dense layer(int l) {
    return layers.get(l - 1);
  }

  int parameters() {
    return layer(last).bias() + layer(last).out();
  }

  /** y, [outputs]. */
  double[] outputs(double[] w, double[] row) {
    return forward(w, row)[last];
  }

  /** E of one row. */
  double loss(double[] w, double[] row, double[] t) {
    double[] y = outputs(w, row);
    double loss = 0;
    for (int k = 0; k < y.length; k++) {
      loss +=
          switch (model.loss()) {
            case SQUARED_ERROR -> (y[k] - t[k]) * (y[k] - t[k]) / 2;
            case CROSS_ENTROPY ->
                switch (model.output()) {
                  case SOFTMAX -> -t[k] * StrictMath.log(y[k]);
                  default -> -t[k] * StrictMath.log(y[k]) - (1 - t[k]) * StrictMath.log(1 - y[k]);
                };
          };
    }
    return loss;
  }

  /** ∂E/∂w of one row, [parameters]. */
  double[] gradient(double[] w, double[] row, double[] t) {
    double[][] a = forward(w, row);
    double[] gradient = new double[parameters()];
    double[] delta = outputErrors(a[last], t); // ∂E/∂z[l], [out]
    for (int l = last; l >= 1; l--) {
      Dense layer = layer(l);
      for (int i = 0; i < layer.out(); i++) {
        gradient[layer.bias() + i] = delta[i];
        for (int j = 0; j < layer.in(); j++) {
          gradient[layer.weight() + i * layer.in() + j] = delta[i] * a[l - 1][j];
        }
      }
      if (l > 1) {
        double[] below = new double[layer.in()];
        for (int j = 0; j < layer.in(); j++) {
          for (int i = 0; i < layer.out(); i++) {
            below[j] += w[layer.weight() + i * layer.in() + j] * delta[i];
          }
          below[j] *= slope(a[l - 1][j]) + offsetOf(model.activation() == Activation.SIGMOID);
        }
        delta = below;
      }
    }
    return gradient;
  }

  /**
   * The diagonal curvature of one row after Becker &amp; LeCun 1988, without the terms of f″,
   * [parameters].
   */
  double[] curvature(double[] w, double[] row, double[] t) {
    double[][] a = forward(w, row);
    double[] curvature = new double[parameters()];
    double[] c = outputCurvatures(a[last], t); // ≈ ∂²E/∂z[l]², [out]
    for (int l = last; l >= 1; l--) {
      Dense layer = layer(l);
      for (int i = 0; i < layer.out(); i++) {
        curvature[layer.bias() + i] = c[i];
        for (int j = 0; j < layer.in(); j++) {
          curvature[layer.weight() + i * layer.in() + j] = c[i] * a[l - 1][j] * a[l - 1][j];
        }
      }
      if (l > 1) {
        double[] below = new double[layer.in()];
        for (int j = 0; j < layer.in(); j++) {
          for (int i = 0; i < layer.out(); i++) {
            double weight = w[layer.weight() + i * layer.in() + j];
            below[j] += weight * weight * c[i];
          }
          below[j] *= slope(a[l - 1][j]) * slope(a[l - 1][j]);
        }
        c = below;
      }
    }
    return curvature;
  }

  /** a of every layer. */
  private double[][] forward(double[] w, double[] row) {
    double[][] a = new double[last + 1][];
    a[0] = row;
    for (int l = 1; l <= last; l++) {
      Dense layer = layer(l);
      double[] z = new double[layer.out()];
      for (int i = 0; i < layer.out(); i++) {
        z[i] = w[layer.bias() + i];
        for (int j = 0; j < layer.in(); j++) {
          z[i] += w[layer.weight() + i * layer.in() + j] * a[l - 1][j];
        }
      }
      a[l] = l < last ? hidden(z) : outputs(z);
    }
    return a;
  }

  private double[] hidden(double[] z) {
    double[] a = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      a[i] =
          switch (model.activation()) {
            case TANH -> StrictMath.tanh(z[i]);
            case SIGMOID -> sigmoid(z[i]);
            case RELU -> z[i] > 0 ? z[i] : 0;
          };
    }
    return a;
  }

  /** What is added to the derivative where it is that of a sigmoid. */
  private double offsetOf(boolean isSigmoid) {
    return isSigmoid ? model.derivativeOffset() : 0;
  }

  /** f′ at the z for which f(z) = a. */
  private double slope(double a) {
    return switch (model.activation()) {
      case TANH -> 1 - a * a;
      case SIGMOID -> a * (1 - a);
      case RELU -> a > 0 ? 1 : 0;
    };
  }

  private double[] outputs(double[] z) {
    double[] y = new double[z.length];
    double sum = 0;
    for (int k = 0; k < z.length; k++) {
      sum += StrictMath.exp(z[k]);
    }
    for (int k = 0; k < z.length; k++) {
      y[k] =
          switch (model.output()) {
            case SOFTMAX -> StrictMath.exp(z[k]) / sum;
            case SIGMOID -> sigmoid(z[k]);
            case LINEAR -> z[k];
          };
    }
    return y;
  }

  private static double sigmoid(double z) {
    return 1 / (1 + StrictMath.exp(-z));
  }

  /** J[i][k] = ∂y[i]/∂z[k] of the last layer. */
  private double[][] jacobian(double[] y) {
    double[][] jacobian = new double[y.length][y.length];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < y.length; k++) {
        double same = i == k ? 1 : 0;
        jacobian[i][k] =
            switch (model.output()) {
              case SOFTMAX -> y[i] * (same - y[k]);
              case SIGMOID -> same * y[i] * (1 - y[i]);
              case LINEAR -> same;
            };
      }
    }
    return jacobian;
  }

  /** ∂E/∂z of the last layer by the chain rule: Σᵢ ∂E/∂y[i] · J[i][k]. */
  private double[] outputErrors(double[] y, double[] t) {
    double[][] jacobian = jacobian(y);
    double[] errors = new double[y.length];
    for (int k = 0; k < y.length; k++) {
      jacobian[k][k] +=
          offsetOf(model.output() == Output.SIGMOID && model.loss() == Loss.SQUARED_ERROR);
      for (int i = 0; i < y.length; i++) {
        errors[k] += lossSlope(y[i], t[i]) * jacobian[i][k];
      }
    }
    return errors;
  }

  /** ∂E/∂y of one output. */
  private double lossSlope(double y, double t) {
    if (model.loss() == Loss.SQUARED_ERROR) {
      return y - t;
    }
    return switch (model.output()) {
      case SOFTMAX -> -t / y;
      default -> -t / y + (1 - t) / (1 - y);
    };
  }

  /**
   * Gauss–Newton for a squared error, Σᵢ J[i][k]²; the exact ∂²E/∂z[k]² for a cross-entropy, which
   * is y(1 − y) a unit of target.
   */
  private double[] outputCurvatures(double[] y, double[] t) {
    double[][] jacobian = jacobian(y);
    double[] curvatures = new double[y.length];
    for (int k = 0; k < y.length; k++) {
      for (int i = 0; i < y.length; i++) {
        curvatures[k] +=
            switch (model.loss()) {
              case SQUARED_ERROR -> jacobian[i][k] * jacobian[i][k];
              case CROSS_ENTROPY ->
                  switch (model.output()) {
                    case SOFTMAX -> t[i] * jacobian[k][k];
                    default -> jacobian[i][k];
                  };
            };
      }
    }
    return curvatures;
  }
}
