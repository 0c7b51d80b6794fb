package io.cordee.common.kernel;

/** Arithmetic on single floats, free of branches so that loops around it can be vectorised. */
public final class Floats {

  /** Multiplying by it twice lifts the smallest denormal above 1e31. */
  public static final float LIFT = 1e38f;

  private Floats() {}

  /**
   * The float nearest to x that is not infinite, so that what is stored never leads to ∞ − ∞, ∞ / ∞
   * or 0 · ∞ in a later round. NaN stays NaN.
   */
  public static float finite(float x) {
    return within(x, Float.MAX_VALUE);
  }

  /** x, held between −bound and bound. */
  public static float within(float x, float bound) {
    return Math.max(-bound, Math.min(bound, x));
  }

  /** x, or +0 where x is negative. */
  public static float positive(float x) {
    return Math.max(0f, x);
  }

  /** 1 where x is 0, otherwise 0. */
  public static float isZero(float x) {
    return Math.max(0f, 1 - Math.abs(x) * LIFT * LIFT);
  }

  /**
   * −1, 0 or 1; exact down to the smallest denormal, which the two factors lift to 1.4 and more.
   * Zero is always +0 (−0 + 0 = +0), so that a sign is one of three bit patterns.
   */
  public static float sign(float x) {
    return Math.max(-1f, Math.min(1f, x * 1e38f * 1e7f)) + 0f;
  }
}
