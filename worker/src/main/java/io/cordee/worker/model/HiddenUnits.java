package io.cordee.worker.model;

import static io.cordee.worker.math.ElementFunctions.flushed;
import static io.cordee.worker.math.Fma.fma;

import io.cordee.common.model.Activation;
import io.cordee.worker.math.ElementFunctions;
import java.util.Arrays;

/** Activations a = f(z). Most derivatives are in terms of a, so that z need not be kept. */
enum HiddenUnits {

  /** f′ = 1 − a², f″ = −2a·f′. */
  TANH {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      functions.tanh(z, count);
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * fma(-a[i], a[i], 1));
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * (-2 * a[i] * fma(-a[i], a[i], 1)));
      }
    }
  },

  /** f′ = a(1 − a), f″ = (1 − 2a)·f′. */
  SIGMOID {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      functions.sigmoid(z, count);
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * fma(a[i], 1 - a[i], offset));
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * ((1 - 2 * a[i]) * a[i] * (1 - a[i])));
      }
    }
  },

  /** f′ = 1 for z > 0, else 0; f″ = 0. */
  RELU {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      for (int i = 0; i < count; i++) {
        z[i] = Math.max(0, z[i]);
      }
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        // 1 for any a > 0: the smallest denormal, 1.4e-45, times 1e45 is more than 1.
        float slope = Math.min(1, a[i] * 1e38f * 1e7f);
        into[i] = flushed(into[i] * slope);
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = 0;
      }
    }
  },

  /** f′ = 1 for z > 0, else {@value #LEAK}; f″ = 0. */
  LEAKY_RELU {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      for (int i = 0; i < count; i++) {
        z[i] = Math.max(z[i], LEAK * z[i]);
      }
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        float slope = Math.max(LEAK, Math.min(1, a[i] * 1e38f * 1e7f)); // as for ReLU
        into[i] = flushed(into[i] * slope);
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      Arrays.fill(into, 0, count, 0);
    }
  },

  /** f′ = f″ = a + 1 for z ≤ 0; else f′ = 1 and f″ = 0. */
  ELU {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      functions.elu(z, count);
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * Math.min(1, a[i] + 1));
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = a[i] > 0 ? 0 : flushed(into[i] * (a[i] + 1));
      }
    }
  },

  /** f′ = 1 − exp(−a), f″ = f′(1 − f′). */
  SOFTPLUS {
    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      functions.softplus(z, count);
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] a, float offset, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        into[i] = flushed(into[i] * slope(a[i]));
      }
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count) {
      for (int i = 0; i < count; i++) {
        float slope = slope(a[i]);
        into[i] = flushed(into[i] * (slope * (1 - slope)));
      }
    }

    private static float slope(float a) {
      return (float) -StrictMath.expm1(-a);
    }
  },

  /** Its derivatives are not functions of a, so z is kept. */
  GELU {
    @Override
    boolean keepsSums() {
      return true;
    }

    @Override
    void activate(ElementFunctions functions, float[] z, int count) {
      functions.gelu(z, count);
    }

    @Override
    void multiplyBySlope(
        ElementFunctions functions, float[] z, float offset, float[] into, int count) {
      functions.multiplyByGeluSlope(z, into, count);
    }

    @Override
    void multiplyByBend(ElementFunctions functions, float[] z, float[] into, int count) {
      functions.multiplyByGeluBend(z, into, count);
    }
  };

  private static final float LEAK = 0.01f;

  static HiddenUnits of(Activation activation) {
    return valueOf(activation.name());
  }

  /** Returns whether z is kept of a layer, rather than a. */
  boolean keepsSums() {
    return false;
  }

  /** z ← f(z). */
  abstract void activate(ElementFunctions functions, float[] z, int count);

  /** into ← into · f′, flushed. */
  final void multiplyBySlope(ElementFunctions functions, float[] a, float[] into, int count) {
    multiplyBySlope(functions, a, 0, into, count);
  }

  /**
   * into ← into · (f′ + offset), flushed.
   *
   * @param offset {@link io.cordee.common.model.ModelSpec#derivativeOffset}: 0 but for the sigmoid
   */
  abstract void multiplyBySlope(
      ElementFunctions functions, float[] a, float offset, float[] into, int count);

  /** into ← into · f″, flushed. */
  abstract void multiplyByBend(ElementFunctions functions, float[] a, float[] into, int count);
}
