package focal;

import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;

/**
 * A softmax regression by the focal loss (Lin et al. 2017), −(1 − p)^γ ln p, where p is the
 * probability of a row's label: rows that are told well count for little. With γ = 0 it is the
 * cross-entropy.
 */
final class FocalGradient implements GradientFunction {

  /** Probabilities end here, so that logarithm and quotient are finite. */
  private static final double LEAST = 1e-7;

  private final int inputs;
  private final int classes;
  private final double gamma;
  private final Layout layout;

  FocalGradient(int inputs, int classes, double gamma) {
    this.inputs = inputs;
    this.classes = classes;
    this.gamma = gamma;
    layout = Layout.builder().tensor("bias", classes).tensor("weight", classes, inputs).build();
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
    return pass(parameters, rows, new float[rows.count() * classes], sums.gradient());
  }

  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    return pass(parameters, rows, outputs, new float[parameters.length]);
  }

  /** The probabilities of the classes. */
  @Override
  public void predict(float[] parameters, Rows rows, float[] outputs) {
    float[] x = new float[inputs];
    double[] z = new double[classes];
    for (int row = 0; row < rows.count(); row++) {
      rows.copyFeatures(row, 1, x);
      double most = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        z[k] = parameters[k];
        for (int j = 0; j < inputs; j++) {
          z[k] += parameters[weight(k, j)] * x[j];
        }
        most = Math.max(most, z[k]);
      }
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        // StrictMath has the same bits everywhere; Math need not.
        z[k] = StrictMath.exp(z[k] - most);
        sum += z[k];
      }
      for (int k = 0; k < classes; k++) {
        outputs[row * classes + k] = (float) (z[k] / sum);
      }
    }
  }

  /** Fills in the outputs, adds to the gradient, and counts. */
  private Stats pass(float[] parameters, Rows rows, float[] outputs, float[] gradient) {
    predict(parameters, rows, outputs);
    float[] x = new float[inputs];
    float[] target = new float[classes];
    double lossSum = 0;
    long correct = 0;
    for (int row = 0; row < rows.count(); row++) {
      rows.copyFeatures(row, 1, x);
      rows.copyTargets(row, 1, target);
      int from = row * classes;
      int label = largest(target, 0);
      correct += largest(outputs, from) == label ? 1 : 0;
      double p = Math.min(Math.max(outputs[from + label], LEAST), 1 - LEAST);
      double focus = StrictMath.pow(1 - p, gamma);
      double log = StrictMath.log(p);
      lossSum -= focus * log;
      // The derivative by z of the label is slope · (1 − p), by any other one −slope · its output.
      double slope = focus * (gamma * p * log / (1 - p) - 1);
      for (int k = 0; k < classes; k++) {
        double derivative = slope * (target[k] - outputs[from + k]);
        gradient[k] += (float) derivative;
        for (int j = 0; j < inputs; j++) {
          gradient[weight(k, j)] += (float) (derivative * x[j]);
        }
      }
    }
    return new Stats(rows.count(), lossSum, correct);
  }

  /** Where a weight lies in the parameter vector: behind the biases, row-major. */
  private int weight(int k, int j) {
    return classes + k * inputs + j;
  }

  /** The class whose value is the largest. */
  private int largest(float[] values, int from) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = values[from + k] > values[from + best] ? k : best;
    }
    return best;
  }
}
