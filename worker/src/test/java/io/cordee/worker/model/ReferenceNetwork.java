package io.cordee.worker.model;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What {@link Network} computes, written to be read: one row at a time, in double, with StrictMath,
 * no matrices and no tricks. Slow. Of curvatures it also tells how far floats may be off: y(1 − y)
 * of a saturated output has few of the digits of y left.
 *
 * <p>Layers count from 1. a[0] is the row; z[l][i] = b[i] + Σⱼ W[i][j]·a[l−1][j]; a[l] = f(z[l])
 * for hidden layers and the outputs y for the last. W of layer l is [out, in] at the layer's weight
 * offset, b is [out] at its bias offset.
 */
final class ReferenceNetwork {

  /** What {@link io.cordee.worker.math.ElementFunctions} promises. */
  private static final int TANH_ULPS = 7;

  private static final int SIGMOID_ULPS = 3;
  private static final int EXP_ULPS = 2;
  private static final int SOFTPLUS_ULPS = 4;
  private static final double LEAK = 0.01f;

  private final Mlp model;
  private final List<Dense> layers;
  private final int last;

  ReferenceNetwork(Mlp model) {
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
    return forward(w, row).y();
  }

  /** E of one row. */
  double loss(double[] w, double[] row, double[] t) {
    Pass pass = forward(w, row);
    double[] y = pass.y();
    double loss = 0;
    for (int k = 0; k < y.length; k++) {
      loss +=
          switch (model.loss()) {
            case SQUARED_ERROR -> (y[k] - t[k]) * (y[k] - t[k]) / 2;
            case CROSS_ENTROPY ->
                switch (model.output()) {
                  case SOFTMAX -> -t[k] * StrictMath.log(y[k]);
                  default ->
                      -t[k] * StrictMath.log(y[k]) - (1 - t[k]) * StrictMath.log(pass.rest[k]);
                };
          };
    }
    return loss;
  }

  /** ∂E/∂w of one row, [parameters]. */
  double[] gradient(double[] w, double[] row, double[] t) {
    Pass pass = forward(w, row);
    double[][] a = Arrays.stream(pass.a).map(Rounded::values).toArray(double[][]::new);
    Rounded[][] kept = pass.kept;
    double[] gradient = new double[parameters()];
    double[] delta = outputErrors(a[last], pass.rest, t); // ∂E/∂z[l], [out]
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
          below[j] *=
              slope(kept[l - 1][j].value()) + offsetOf(model.activation() == Activation.SIGMOID);
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
  Rounded[] curvature(double[] w, double[] row, double[] t) {
    Pass pass = forward(w, row);
    Rounded[][] a = pass.a;
    Rounded[] curvature = new Rounded[parameters()];
    Rounded[] c = outputCurvatures(a[last], pass.rest, t); // ≈ ∂²E/∂z[l]², [out]
    for (int l = last; l >= 1; l--) {
      Dense layer = layer(l);
      for (int i = 0; i < layer.out(); i++) {
        curvature[layer.bias() + i] = c[i];
        for (int j = 0; j < layer.in(); j++) {
          curvature[layer.weight() + i * layer.in() + j] = c[i].times(a[l - 1][j].squared());
        }
      }
      if (l > 1) {
        Rounded[] below = new Rounded[layer.in()];
        for (int j = 0; j < layer.in(); j++) {
          Rounded[] terms = new Rounded[layer.out()];
          for (int i = 0; i < layer.out(); i++) {
            Rounded weight = Rounded.exact(w[layer.weight() + i * layer.in() + j]);
            terms[i] = weight.squared().times(c[i]);
          }
          Rounded slope = slope(pass.kept[l - 1][j]);
          below[j] = Rounded.sum(terms).times(slope).times(slope);
        }
        c = below;
      }
    }
    return curvature;
  }

  /**
   * The forward pass.
   *
   * @param a of every layer
   * @param kept what slopes are taken from: a, or of GELU z
   * @param rest 1 − y, with all its digits
   */
  private record Pass(Rounded[][] a, Rounded[][] kept, double[] rest) {
    double[] y() {
      return Rounded.values(a[a.length - 1]);
    }
  }

  private Pass forward(double[] w, double[] row) {
    Rounded[][] a = new Rounded[last + 1][];
    Rounded[][] kept = new Rounded[last + 1][];
    Rounded[] z = {};
    a[0] = Arrays.stream(row).mapToObj(Rounded::exact).toArray(Rounded[]::new);
    for (int l = 1; l <= last; l++) {
      Dense layer = layer(l);
      z = new Rounded[layer.out()];
      for (int i = 0; i < layer.out(); i++) {
        Rounded[] terms = new Rounded[layer.in() + 1];
        terms[layer.in()] = Rounded.exact(w[layer.bias() + i]);
        for (int j = 0; j < layer.in(); j++) {
          Rounded weight = Rounded.exact(w[layer.weight() + i * layer.in() + j]);
          terms[j] = weight.times(a[l - 1][j]);
        }
        z[i] = Rounded.sum(terms);
      }
      a[l] = l < last ? hidden(z) : outputs(z);
      kept[l] = model.activation() == Activation.GELU ? z : a[l];
    }
    return new Pass(a, kept, rest(Rounded.values(z), Rounded.values(a[last])));
  }

  private Rounded[] hidden(Rounded[] z) {
    return switch (model.activation()) {
      case TANH -> each(z, x -> x.map(StrictMath::tanh, TANH_ULPS));
      case SIGMOID -> each(z, x -> x.map(ReferenceNetwork::sigmoid, SIGMOID_ULPS));
      case RELU -> each(z, x -> x.map(v -> Math.max(0, v), 0));
      case LEAKY_RELU -> each(z, x -> x.map(v -> Math.max(v, LEAK * v), 1));
      case ELU -> each(z, ReferenceNetwork::elu);
      case SOFTPLUS -> each(z, x -> x.map(ReferenceNetwork::softplus, SOFTPLUS_ULPS));
      case GELU -> each(z, x -> nearby(gelu(x.value()), x));
    };
  }

  private static final double C = StrictMath.sqrt(2 / Math.PI);

  private static final double K = 0.044715;

  private static double gelu(double z) {
    return 0.5 * z * (1 + StrictMath.tanh(C * (z + K * z * z * z)));
  }

  private static double geluSlope(double z) {
    double t = StrictMath.tanh(C * (z + K * z * z * z));
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * C * (1 + 3 * K * z * z);
  }

  /** A function of z and of derivatives below 1.2, with the errors of some twenty roundings. */
  private static Rounded nearby(double value, Rounded z) {
    double roundings = 0x1p-24 * 64 * (1 + Math.abs(z.value()) + z.error());
    return new Rounded(value, 1.2 * z.error() + roundings);
  }

  private static Rounded elu(Rounded z) {
    return z.value() > z.error()
        ? z
        : z.map(v -> StrictMath.exp(Math.min(0, v)), EXP_ULPS).minus(Rounded.ONE);
  }

  private static double softplus(double z) {
    return Math.max(0, z) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  private static Rounded[] each(Rounded[] numbers, UnaryOperator<Rounded> f) {
    return Arrays.stream(numbers).map(f).toArray(Rounded[]::new);
  }

  private double offsetOf(boolean isSigmoid) {
    return isSigmoid ? model.derivativeOffset() : 0;
  }

  /** f′ at the z for which f(z) = a; of GELU, at z. */
  private double slope(double a) {
    return switch (model.activation()) {
      case TANH -> 1 - a * a;
      case SIGMOID -> a * (1 - a);
      case RELU -> a > 0 ? 1 : 0;
      case LEAKY_RELU -> a > 0 ? 1 : LEAK;
      case ELU -> Math.min(1, a + 1);
      case SOFTPLUS -> -StrictMath.expm1(-a);
      case GELU -> geluSlope(a);
    };
  }

  /** The same with its error. Where a ReLU's a may be on either side of 0, so may its slope. */
  private Rounded slope(Rounded a) {
    return switch (model.activation()) {
      case TANH -> Rounded.ONE.minus(a.squared());
      case SIGMOID -> a.times(Rounded.ONE.minus(a));
      case RELU, LEAKY_RELU ->
          new Rounded(slope(a.value()), Math.abs(a.value()) <= a.error() ? 1 : 0);
      case ELU -> a.value() > a.error() ? Rounded.ONE : Rounded.sum(a, Rounded.ONE);
      case SOFTPLUS -> a.map(v -> -StrictMath.expm1(-v), 1);
      case GELU -> nearby(geluSlope(a.value()), a);
    };
  }

  private Rounded[] outputs(Rounded[] z) {
    return switch (model.output()) {
      case SOFTMAX -> softmax(z);
      case SIGMOID -> each(z, x -> x.map(ReferenceNetwork::sigmoid, SIGMOID_ULPS));
      case LINEAR -> z;
    };
  }

  private double[] rest(double[] z, double[] y) {
    return IntStream.range(0, y.length)
        .mapToDouble(k -> model.output() == Output.SIGMOID ? sigmoid(-z[k]) : 1 - y[k])
        .toArray();
  }

  /** Of the z less their largest, whichever of them that is in float. */
  private static Rounded[] softmax(Rounded[] z) {
    Rounded largest =
        new Rounded(
            Arrays.stream(z).mapToDouble(Rounded::value).max().orElseThrow(),
            Arrays.stream(z).mapToDouble(Rounded::error).max().orElseThrow());
    Rounded[] exp = each(z, x -> x.minus(largest).map(StrictMath::exp, EXP_ULPS));
    Rounded scale = Rounded.sum(exp).map(sum -> 1 / sum, 1);
    return each(exp, scale::times);
  }

  private static double sigmoid(double z) {
    return 1 / (1 + StrictMath.exp(-z));
  }

  /** J[i][k] = ∂y[i]/∂z[k] of the last layer. */
  private double[][] jacobian(double[] y, double[] rest) {
    double[][] jacobian = new double[y.length][y.length];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < y.length; k++) {
        double same = i == k ? 1 : 0;
        jacobian[i][k] =
            switch (model.output()) {
              case SOFTMAX -> y[i] * (same - y[k]);
              case SIGMOID -> same * y[i] * rest[i];
              case LINEAR -> same;
            };
      }
    }
    return jacobian;
  }

  /** ∂E/∂z of the last layer by the chain optimizer: Σᵢ ∂E/∂y[i] · J[i][k]. */
  private double[] outputErrors(double[] y, double[] rest, double[] t) {
    double[][] jacobian = jacobian(y, rest);
    double[] errors = new double[y.length];
    for (int k = 0; k < y.length; k++) {
      jacobian[k][k] +=
          offsetOf(model.output() == Output.SIGMOID && model.loss() == Loss.SQUARED_ERROR);
      for (int i = 0; i < y.length; i++) {
        errors[k] += lossSlope(y[i], rest[i], t[i]) * jacobian[i][k];
      }
    }
    return errors;
  }

  /** ∂E/∂y of one output. */
  private double lossSlope(double y, double rest, double t) {
    if (model.loss() == Loss.SQUARED_ERROR) {
      return y - t;
    }
    return switch (model.output()) {
      case SOFTMAX -> -t / y;
      default -> -t / y + (1 - t) / rest;
    };
  }

  /**
   * Gauss–Newton for a squared error, Σᵢ J[i][k]²; the exact ∂²E/∂z[k]² for a cross-entropy, which
   * is y(1 − y) a unit of target.
   */
  private double[] exactOutputCurvatures(double[] y, double[] rest, double[] t) {
    double[][] jacobian = jacobian(y, rest);
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

  /** The same with the errors of {@link OutputUnits#curvature}, step by step as it is written. */
  private Rounded[] outputCurvatures(Rounded[] y, double[] rest, double[] t) {
    Rounded total = Rounded.sum(Arrays.stream(t).mapToObj(Rounded::exact).toArray(Rounded[]::new));
    Rounded squares = Rounded.sum(each(y, Rounded::squared));
    double[] exact = exactOutputCurvatures(Rounded.values(y), rest, t);
    Rounded[] curvatures = new Rounded[y.length];
    for (int k = 0; k < y.length; k++) {
      Rounded oneMinusY = Rounded.ONE.minus(y[k]);
      Rounded stepByStep =
          switch (model.loss()) {
            case CROSS_ENTROPY ->
                switch (model.output()) {
                  case SOFTMAX -> total.times(y[k].times(oneMinusY));
                  default -> y[k].times(oneMinusY);
                };
            case SQUARED_ERROR ->
                switch (model.output()) {
                  case SOFTMAX -> {
                    Rounded others = squares.minus(y[k].squared());
                    yield y[k].squared().times(Rounded.sum(oneMinusY.squared(), others));
                  }
                  case SIGMOID -> y[k].times(oneMinusY).squared();
                  case LINEAR -> Rounded.ONE;
                };
          };
      curvatures[k] = new Rounded(exact[k], stepByStep.error());
    }
    return curvatures;
  }
}
