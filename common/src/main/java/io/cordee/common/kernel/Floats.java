package io.cordee.common.kernel;

/** Arithmetic on single floats, free of branches so that loops around it can be vectorised. */
public final class Floats {

  private Floats() {}

  /**
   * The float nearest to x that is not infinite, so that what is stored never leads to ∞ − ∞, ∞ / ∞
   * or 0 · ∞ in a later round. NaN stays NaN.
   */
  public static float finite(float x) {
    return Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, x));
  }

  /**
   * −1, 0 or 1; exact down to the smallest denormal, which the two factors lift to 1.4 and more.
   * Zero is always +0 (−0 + 0 = +0), so that a sign is one of three bit patterns.
   */
  public static float sign(float x) {
    return Math.max(-1f, Math.min(1f, x * 1e38f * 1e7f)) + 0f;
  }

  /**
   * {@code chosen} where which is 1, {@code other} where it is 0; exact for finite values, but −0
   * may come out as +0.
   */
  public static float blend(float which, float chosen, float other) {
    return which * chosen + (1 - which) * other;
  }
}
