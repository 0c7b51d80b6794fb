package io.cordee.torch;

/** The network of mlp.pt, written out in double precision: a hidden layer of tanh. */
final class PlainMlp {

  private static final int INPUTS = 4;
  private static final int HIDDEN = 5;

  private final double[] parameters;
  private final int outputs;
  private final double[] hidden = new double[HIDDEN];

  /** The parameters are weights [hidden, inputs], biases, weights [outputs, hidden], biases. */
  PlainMlp(double[] parameters, int outputs) {
    this.parameters = parameters;
    this.outputs = outputs;
  }

  PlainMlp(float[] parameters, int outputs) {
    this(doubles(parameters), outputs);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static int hiddenBias() {
    return HIDDEN * INPUTS;
  }

  private static int outputWeights() {
    return hiddenBias() + HIDDEN;
  }

  private int outputBias() {
    return outputWeights() + outputs * HIDDEN;
  }

  double[] forward(MadeUpRows rows, int row) {
    for (int j = 0; j < HIDDEN; j++) {
      double sum = parameters[hiddenBias() + j];
      for (int i = 0; i < INPUTS; i++) {
        sum += parameters[j * INPUTS + i] * rows.feature(row, i);
      }
      hidden[j] = Math.tanh(sum);
    }
    double[] z = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      z[k] = parameters[outputBias() + k];
      for (int j = 0; j < HIDDEN; j++) {
        z[k] += parameters[outputWeights() + k * HIDDEN + j] * hidden[j];
      }
    }
    return z;
  }

  /** −Σ t·ln softmax(z), or of one output with sigmoid. */
  double crossEntropy(MadeUpRows rows) {
    double loss = 0;
    for (int row = 0; row < rows.count(); row++) {
      double[] y = probabilities(forward(rows, row));
      for (int k = 0; k < outputs; k++) {
        loss -= rows.target(row, k) * Math.log(y[k]);
      }
      if (outputs == 1) {
        loss -= (1 - rows.target(row, 0)) * Math.log(1 - y[0]);
      }
    }
    return loss;
  }

  double squaredError(MadeUpRows rows) {
    double loss = 0;
    for (int row = 0; row < rows.count(); row++) {
      double[] y = forward(rows, row);
      for (int k = 0; k < outputs; k++) {
        loss += Math.pow(y[k] - rows.target(row, k), 2) / 2;
      }
    }
    return loss;
  }

  static double[] probabilities(double[] z) {
    if (z.length == 1) {
      return new double[] {1 / (1 + Math.exp(-z[0]))};
    }
    double sum = 0;
    double[] y = new double[z.length];
    for (int k = 0; k < z.length; k++) {
      y[k] = Math.exp(z[k]);
      sum += y[k];
    }
    for (int k = 0; k < z.length; k++) {
      y[k] /= sum;
    }
    return y;
  }

  /** Of the cross-entropy, or of half the squared error. */
  double[] gradient(MadeUpRows rows, boolean crossEntropy) {
    double[] gradient = new double[parameters.length];
    for (int row = 0; row < rows.count(); row++) {
      double[] z = forward(rows, row);
      double[] y = crossEntropy ? probabilities(z) : z;
      double weight = 0; // what the targets of a row add up to
      for (int k = 0; k < outputs; k++) {
        weight += rows.target(row, k);
      }
      double[] errors = new double[outputs];
      for (int k = 0; k < outputs; k++) {
        boolean weighted = crossEntropy && outputs > 1;
        errors[k] = (weighted ? weight * y[k] : y[k]) - rows.target(row, k);
      }
      addGradient(rows, row, errors, gradient);
    }
    return gradient;
  }

  private void addGradient(MadeUpRows rows, int row, double[] errors, double[] gradient) {
    for (int j = 0; j < HIDDEN; j++) {
      double back = 0;
      for (int k = 0; k < outputs; k++) {
        int weight = outputWeights() + k * HIDDEN + j;
        gradient[weight] += errors[k] * hidden[j];
        back += errors[k] * parameters[weight];
      }
      double error = back * (1 - hidden[j] * hidden[j]);
      gradient[hiddenBias() + j] += error;
      for (int i = 0; i < INPUTS; i++) {
        gradient[j * INPUTS + i] += error * rows.feature(row, i);
      }
    }
    for (int k = 0; k < outputs; k++) {
      gradient[outputBias() + k] += errors[k];
    }
  }
}
