package io.cordee.common.random;

/**
 * A stream of random numbers that is the same on every machine and in every version of Java: its
 * algorithm is written out here.
 *
 * <p>SplitMix64: Steele, Lea &amp; Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
 * 2014, with the constants of Vigna's splitmix64.c. Period 2^64; any seed will do. Not thread-safe.
 */
public final class SplitMix64 {

  /** 2^64 divided by the golden ratio, made odd. */
  private static final long STRIDE = 0x9E3779B97F4A7C15L;

  private long state;

  public SplitMix64(long seed) {
    state = seed;
  }

  /** Passes over this many values. */
  public void skip(long values) {
    state += values * STRIDE;
  }

  /** Uniform over all 2^64 values. */
  public long nextLong() {
    state += STRIDE;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Uniform in [0, bound): draws from the incomplete last run of {@code bound} values below 2^63
   * are rejected.
   *
   * @throws IllegalArgumentException if the bound is not positive
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1; found " + bound);
    }
    while (true) {
      long draw = nextLong() >>> 1;
      long value = draw % bound;
      if (draw - value <= Long.MAX_VALUE - (bound - 1)) {
        return (int) value;
      }
    }
  }

  /** A multiple of 2^-53, uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }
}
