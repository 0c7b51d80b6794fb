package io.cordee.worker.model;

import java.util.Arrays;

/**
 * The arithmetic of gradients, which docs/exactness.md defines by this class: one row at a time,
 * one number after the other, in float. Every kernel has to have the same bits. It uses nothing of
 * Cordee, so that it can be read, and written again in another language, by itself.
 *
 * <p>{@code Math.fma} is IEEE 754's fused multiply-add; +, −, ·, / and conversions are rounded to
 * nearest, ties to even.
 */
final class ExactArithmetic {

  enum Hidden {
    TANH,
    SIGMOID,
    RELU,
    LEAKY_RELU,
    ELU,
    SOFTPLUS,
    GELU
  }

  enum Output {
    SOFTMAX_CROSS_ENTROPY,
    SOFTMAX_SQUARED_ERROR,
    SIGMOID_CROSS_ENTROPY,
    SIGMOID_SQUARED_ERROR,
    LINEAR_SQUARED_ERROR
  }

  /** What is not larger counts as 0 where it arises. */
  static final float TINY = 1e-30f;

  private final int[] units;
  private final Hidden hidden;
  private final Output output;
  private final float offset;

  /**
   * @param units inputs, hidden layers, outputs
   * @param offset added to a sigmoid's derivative, usually 0
   */
  ExactArithmetic(int[] units, Hidden hidden, Output output, float offset) {
    this.units = units;
    this.hidden = hidden;
    this.output = output;
    this.offset = offset;
  }

  int parameters() {
    return weights(units.length);
  }

  /** Where the weights [out, in] of layer l begin, counted from 1; its biases [out] follow. */
  private int weights(int l) {
    int at = 0;
    for (int below = 1; below < l; below++) {
      at += (units[below - 1] + 1) * units[below];
    }
    return at;
  }

  private int biases(int l) {
    return weights(l) + units[l - 1] * units[l];
  }

  /** The outputs of a row. */
  float[] predict(float[] w, float[] x) {
    float[][] a = forward(w, x);
    return a[a.length - 1];
  }

  /** Adds the gradient of a partition's rows to {@code sums}, which are 0: its contribution. */
  void partition(float[] w, float[][] x, float[][] t, float[] sums) {
    for (int row = 0; row < x.length; row++) {
      addRow(w, x[row], t[row], sums);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += 0f; // there is no −0
    }
  }

  /** a[0] is the row, a[l] what layer l puts out. */
  private float[][] forward(float[] w, float[] x) {
    return forward(w, x, new float[units.length][]);
  }

  /**
   * @param kept filled with what the slopes of each layer are taken from
   */
  private float[][] forward(float[] w, float[] x, float[][] kept) {
    int last = units.length - 1;
    float[][] a = new float[last + 1][];
    a[0] = x;
    kept[0] = x;
    for (int l = 1; l <= last; l++) {
      float[] z = new float[units[l]];
      for (int i = 0; i < units[l]; i++) {
        z[i] = w[biases(l) + i];
        for (int j = 0; j < units[l - 1]; j++) {
          z[i] = Math.fma(a[l - 1][j], w[weights(l) + i * units[l - 1] + j], z[i]);
        }
      }
      a[l] = l < last ? hidden(z) : outputs(z);
      kept[l] = hidden == Hidden.GELU ? z : a[l];
    }
    return a;
  }

  private void addRow(float[] w, float[] x, float[] t, float[] sums) {
    float[][] kept = new float[units.length][];
    float[][] a = forward(w, x, kept);
    int last = units.length - 1;
    float[] δ = errors(a[last], t);
    for (int l = last; l >= 1; l--) {
      int in = units[l - 1];
      float[] below = new float[in];
      for (int i = 0; i < units[l]; i++) {
        sums[biases(l) + i] += δ[i];
        for (int j = 0; j < in; j++) {
          int at = weights(l) + i * in + j;
          sums[at] = Math.fma(δ[i], a[l - 1][j], sums[at]);
          below[j] = Math.fma(δ[i], w[at], below[j]);
        }
      }
      for (int j = 0; j < in; j++) {
        below[j] = flush(below[j] * slope(kept[l - 1][j]));
      }
      δ = below;
    }
  }

  private float[] hidden(float[] z) {
    float[] a = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      a[i] =
          switch (hidden) {
            case TANH -> tanh(z[i]);
            case SIGMOID -> sigmoid(z[i]);
            case RELU -> Math.max(0, z[i]);
            case LEAKY_RELU -> z[i] > 0 ? z[i] : 0.01f * z[i];
            case ELU -> z[i] > 0 ? z[i] : exp(z[i]) - 1;
            case SOFTPLUS -> Math.max(0, z[i]) + (float) StrictMath.log1p(exp(-Math.abs(z[i])));
            case GELU -> 0.5f * z[i] * (1 + tanh(inner(z[i])));
          };
    }
    return a;
  }

  private static final float C = (float) Math.sqrt(2 / Math.PI);
  private static final float K = 0.044715f;

  private static float inner(float z) {
    return C * Math.fma(K * z * z, z, z);
  }

  private static float geluSlope(float z) {
    float t = tanh(inner(z));
    float rest = Math.abs(inner(z)) < 9.1f ? Math.fma(-t, t, 1) : 0;
    return Math.fma(0.5f * z * rest, C * Math.fma(3 * K * z, z, 1), 0.5f * (1 + t));
  }

  /** f′ of a hidden unit, by its a = f(z); of GELU, by z. */
  private float slope(float a) {
    return switch (hidden) {
      case TANH -> Math.fma(-a, a, 1);
      case SIGMOID -> Math.fma(a, 1 - a, offset);
      case RELU -> a > 0 ? 1 : 0;
      case LEAKY_RELU -> a > 0 ? 1 : 0.01f;
      case ELU -> a > 0 ? 1 : a + 1;
      case SOFTPLUS -> (float) -StrictMath.expm1(-a);
      case GELU -> geluSlope(a);
    };
  }

  private float[] outputs(float[] z) {
    return switch (output) {
      case SOFTMAX_CROSS_ENTROPY, SOFTMAX_SQUARED_ERROR -> softmax(z);
      case SIGMOID_CROSS_ENTROPY, SIGMOID_SQUARED_ERROR -> {
        float[] y = z.clone();
        for (int i = 0; i < y.length; i++) {
          y[i] = sigmoid(y[i]);
        }
        yield y;
      }
      case LINEAR_SQUARED_ERROR -> {
        float[] y = z.clone();
        for (int i = 0; i < y.length; i++) {
          y[i] += 0f; // never −0
        }
        yield y;
      }
    };
  }

  private static float[] softmax(float[] z) {
    float largest = z[0];
    for (float each : z) {
      largest = Math.max(largest, each);
    }
    float[] y = new float[z.length];
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      y[i] = exp(z[i] - largest);
      sum += y[i];
    }
    float scale = (float) (1 / sum);
    for (int i = 0; i < z.length; i++) {
      y[i] = flush(y[i] * scale);
    }
    return y;
  }

  /** ∂E/∂z of the outputs. */
  private float[] errors(float[] y, float[] t) {
    float total = 0;
    float mean = 0;
    for (int i = 0; i < y.length; i++) {
      total += t[i];
      mean += (y[i] - t[i]) * y[i];
    }
    float[] δ = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      δ[i] =
          flush(
              switch (output) {
                case SOFTMAX_CROSS_ENTROPY -> total * y[i] - t[i];
                case SOFTMAX_SQUARED_ERROR -> y[i] * ((y[i] - t[i]) - mean);
                case SIGMOID_SQUARED_ERROR -> (y[i] - t[i]) * (y[i] * (1 - y[i]) + offset);
                case SIGMOID_CROSS_ENTROPY, LINEAR_SQUARED_ERROR -> y[i] - t[i];
              });
    }
    return δ;
  }

  static float flush(float x) {
    return Math.abs(x) <= TINY ? Math.copySign(0f, x) : x;
  }

  static float tanh(float z) {
    float x = Math.max(-9.1f, Math.min(9.1f, z));
    float u = x * x;
    float p =
        polynomial(
            u,
            1.317614694753586e-08f,
            2.0480185708915304e-05f,
            0.003487750869837527f,
            0.13374425129470793f,
            1);
    float q =
        polynomial(
            u,
            7.703479171784653e-07f,
            0.00032728210839983373f,
            0.025847161287320026f,
            0.46707738981285846f,
            1);
    return Math.max(-1, Math.min(1, x * p / q));
  }

  /** exp(x) for x ≤ 0; for others as for 0. */
  static float exp(float x) {
    float bounded = Math.max(-70, Math.min(0, x));
    float round = 0x1.8p23f; // adding it leaves an integer in the lowest bits
    float k = Math.fma(bounded, 1.4426950408889634f, round) - round;
    float r = Math.fma(-k, -2.1219444005469057e-4f, Math.fma(-k, 0.693359375f, bounded));
    float e =
        polynomial(
            r,
            0.001381453999183652f,
            0.008368745116488427f,
            0.04166839078731502f,
            0.1666652039896096f,
            0.49999993432110873f);
    float power = 1 + Math.fma(r * r, e, r);
    return flush(Float.isNaN(x) ? x : Math.scalb(power, (int) k));
  }

  static float sigmoid(float z) {
    float e = exp(-Math.abs(z));
    float numerator = Math.max(e, Math.min(1, z * 1e38f)); // 1 for z > 0
    return numerator / (1 + e);
  }

  /** Horner's scheme, the highest coefficient first. */
  private static float polynomial(float x, float... coefficients) {
    float sum = coefficients[0];
    for (float next : Arrays.copyOfRange(coefficients, 1, coefficients.length)) {
      sum = Math.fma(sum, x, next);
    }
    return sum;
  }
}
