package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

/**
 * tanh, exp and the logistic sigmoid of every element of an array: the same bits on every machine.
 *
 * <p>{@code Math.tanh} and {@code Math.exp} may differ between CPUs, and {@code StrictMath}'s take
 * ten times as long. These consist of +, −, ×, ÷, fma, min, max and shifts of exponents, all
 * exactly rounded or exact, in short loops that the just-in-time compiler vectorises. Errors are
 * given in ulps of the {@code float} result, against {@code StrictMath}; NaN gives NaN.
 *
 * <p>Not thread-safe: an instance owns a block of scratch.
 */
public final class ElementFunctions {

  /**
   * Smaller magnitudes are flushed to zero where they arise. Products of denormals (below 1.2e-38)
   * take 10 to 50 times as long, and Java cannot flush them in hardware. The threshold leaves room
   * for one more factor of 1e-8 before they arise.
   */
  public static final float TINY = 1e-30f;

  /** 1 / TINY's ulp or more, so that what exceeds TINY by an ulp is scaled to more than 1. */
  private static final float STEEP = 1e38f;

  // tanh(x) ≈ x·P(x²)/Q(x²), minimax in the relative error (2.3e-8) for |x| ≤ 9.1.
  private static final float TANH_LIMIT = 9.1f;
  private static final float P1 = 0.13374425129470793f;
  private static final float P2 = 0.003487750869837527f;
  private static final float P3 = 2.0480185708915304e-05f;
  private static final float P4 = 1.317614694753586e-08f;
  private static final float Q1 = 0.46707738981285846f;
  private static final float Q2 = 0.025847161287320026f;
  private static final float Q3 = 0.00032728210839983373f;
  private static final float Q4 = 7.703479171784653e-07f;

  /** √(2/π). */
  private static final float GELU_C = 0.7978845608028654f;

  private static final float GELU_K = 0.044715f;

  // exp(x) = 2^k · exp(r), k = round(x / ln 2), |r| ≤ ln 2 / 2;
  // exp(r) ≈ 1 + r + r²·E(r), minimax in the relative error (3.1e-9).
  private static final float LOG2_E = 1.4426950408889634f;
  private static final float LN2_HIGH = 0.693359375f; // 9 bits: k · LN2_HIGH is exact
  private static final float LN2_LOW = -2.1219444005469057e-4f;
  private static final float E0 = 0.49999993432110873f;
  private static final float E1 = 0.1666652039896096f;
  private static final float E2 = 0.04166839078731502f;
  private static final float E3 = 0.008368745116488427f;
  private static final float E4 = 0.001381453999183652f;

  /** Adding 1.5 · 2^23 rounds to an integer, which then stands in the lowest bits. */
  private static final float ROUND = 0x1.8p23f;

  /** exp of anything below is less than TINY. */
  private static final float EXP_LOWEST = -70;

  private static final int ONE_BITS = 0x3f800000;
  private static final int MANTISSA_BITS = 23;

  private static final int BLOCK = 2048;

  private final float[] argument = new float[BLOCK];
  private final float[] block = new float[BLOCK];
  private final float[] power = new float[BLOCK];

  /** x ← tanh(x), within 7 ulps, never beyond ±1. Odd; ±∞ gives ±1, denormals themselves. */
  public void tanh(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      System.arraycopy(x, from, block, 0, length);
      tanhOfBlock(block, length);
      System.arraycopy(block, 0, x, from, length);
    }
  }

  private static void tanhOfBlock(float[] x, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x[i]));
    }
    for (int i = 0; i < length; i++) {
      float u = x[i] * x[i];
      float p = fma(fma(fma(fma(P4, u, P3), u, P2), u, P1), u, 1);
      float q = fma(fma(fma(fma(Q4, u, Q3), u, Q2), u, Q1), u, 1);
      x[i] = x[i] * p / q;
    }
    for (int i = 0; i < length; i++) {
      x[i] = Math.max(-1, Math.min(1, x[i]));
    }
  }

  /**
   * x ← exp(x) for x ≤ 0, within 2 ulps; 0 where that is less than {@link #TINY}, for −∞ too. What
   * is above 0 counts as 0.
   */
  public void expOfNonPositive(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      System.arraycopy(x, from, block, 0, length);
      exp(block, power, length);
      System.arraycopy(block, 0, x, from, length);
    }
  }

  /**
   * x ← 1 / (1 + exp(−x)), within 3 ulps in both tails; 0 where that is less than {@link #TINY}.
   */
  public void sigmoid(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      System.arraycopy(x, from, argument, 0, length);
      sigmoid(argument, block, power, length);
      System.arraycopy(argument, 0, x, from, length);
    }
  }

  /** x ← x, or exp(x) − 1 where x is below 0, with the error of {@link #expOfNonPositive}. */
  public void elu(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      System.arraycopy(x, from, block, 0, length);
      exp(block, power, length);
      for (int i = 0; i < length; i++) {
        x[from + i] = Math.max(0, x[from + i]) + (block[i] - 1);
      }
    }
  }

  /** x ← ln(1 + exp(x)), within 4 ulps. The logarithm is StrictMath's, which is slow. */
  public void softplus(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      for (int i = 0; i < length; i++) {
        block[i] = -Math.abs(x[from + i]);
      }
      exp(block, power, length);
      for (int i = 0; i < length; i++) {
        x[from + i] = Math.max(0, x[from + i]) + (float) StrictMath.log1p(block[i]);
      }
    }
  }

  /** x ← ½x(1 + tanh u) with u = C(x + Kx³). */
  public void gelu(float[] x, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      geluTanh(x, from, length);
      for (int i = 0; i < length; i++) {
        x[from + i] = 0.5f * x[from + i] * (1 + block[i]);
      }
    }
  }

  /** into ← into · f′(x), f as in {@link #gelu}, flushed; f′ = ½(1 + t) + ½x(1 − t²)u′. */
  public void multiplyByGeluSlope(float[] x, float[] into, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      geluTanh(x, from, length);
      for (int i = 0; i < length; i++) {
        float z = x[from + i];
        float slope = fma(0.5f * z * power[i], geluInnerSlope(z), 0.5f * (1 + block[i]));
        into[from + i] = flushed(into[from + i] * slope);
      }
    }
  }

  /** into ← into · f″(x), flushed; f″ = (1 − t²)(u′ + ½x(u″ − 2tu′²)). */
  public void multiplyByGeluBend(float[] x, float[] into, int count) {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      geluTanh(x, from, length);
      for (int i = 0; i < length; i++) {
        float z = x[from + i];
        float first = geluInnerSlope(z);
        float second = 6 * GELU_K * GELU_C * z;
        float bend = power[i] * fma(0.5f * z, second - 2 * block[i] * first * first, first);
        into[from + i] = power[i] == 0 ? 0 : flushed(into[from + i] * bend);
      }
    }
  }

  /** u′ = C(1 + 3Kx²). */
  private static float geluInnerSlope(float x) {
    return GELU_C * fma(3 * GELU_K * x, x, 1);
  }

  /** block ← t = tanh u; power ← 1 − t², which is 0 once tanh rounds to ±1. */
  private void geluTanh(float[] x, int from, int length) {
    for (int i = 0; i < length; i++) {
      float z = x[from + i];
      block[i] = GELU_C * fma(GELU_K * z * z, z, z);
      power[i] = Math.abs(block[i]) < TANH_LIMIT ? 1 : 0;
    }
    tanhOfBlock(block, length);
    for (int i = 0; i < length; i++) {
      power[i] *= fma(-block[i], block[i], 1);
    }
  }

  private static void sigmoid(float[] x, float[] exp, float[] power, int length) {
    for (int i = 0; i < length; i++) {
      exp[i] = -Math.abs(x[i]);
    }
    exp(exp, power, length);
    for (int i = 0; i < length; i++) {
      float numerator = Math.max(exp[i], Math.min(1, x[i] * STEEP)); // 1 for x > 0, else exp(x)
      x[i] = numerator / (1 + exp[i]);
    }
  }

  /** x ← exp(x), with scratch. Short loops, since the compiler vectorises only those. */
  private static void exp(float[] x, float[] power, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = Math.max(EXP_LOWEST, Math.min(0, x[i]));
    }
    for (int i = 0; i < length; i++) {
      float shifted = fma(x[i], LOG2_E, ROUND);
      float k = shifted - ROUND;
      power[i] = shifted;
      x[i] = fma(-k, LN2_LOW, fma(-k, LN2_HIGH, x[i]));
    }
    for (int i = 0; i < length; i++) {
      float r = x[i];
      float e = fma(fma(fma(fma(E4, r, E3), r, E2), r, E1), r, E0);
      x[i] = 1 + fma(r * r, e, r);
    }
    for (int i = 0; i < length; i++) {
      power[i] =
          Float.intBitsToFloat((Float.floatToRawIntBits(power[i]) << MANTISSA_BITS) + ONE_BITS);
    }
    for (int i = 0; i < length; i++) {
      x[i] = flushed(x[i] * power[i]);
    }
  }

  /** x ← x, or 0 where |x| is less than {@link #TINY}. */
  public static void flush(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = flushed(x[i]);
    }
  }

  /**
   * x, or 0 where |x| ≤ {@link #TINY}; ±∞ and NaN are kept. Branch-free, so that loops vectorise.
   */
  public static float flushed(float x) {
    return x * Math.max(0, Math.min(1, (Math.abs(x) - TINY) * STEEP));
  }
}
