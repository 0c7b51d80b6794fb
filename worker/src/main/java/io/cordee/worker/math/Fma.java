package io.cordee.worker.math;

import io.cordee.common.kernel.VmOption;

/**
 * a · b + c, rounded once, and fast enough on any processor.
 *
 * <p>Where the processor has no instruction for it, {@code Math.fma} takes microseconds; then it is
 * computed in double, with the same bits, in nanoseconds.
 */
public final class Fma {

  static final boolean IS_IN_HARDWARE = isInHardware();

  private Fma() {}

  public static float fma(float a, float b, float c) {
    return IS_IN_HARDWARE ? Math.fma(a, b, c) : inSoftware(a, b, c);
  }

  /**
   * The product is exact in double. Its sum with c is rounded to odd: towards zero, and the last
   * bit set if anything was lost. Double's extra bits suffice to round correctly to float (Boldo
   * &amp; Melquiond 2008, Emulation of FMA and Correctly Rounded Sums: Proved Algorithms Using
   * Rounding to Odd).
   */
  static float inSoftware(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    double back = sum - product;
    double lost = (product - (sum - back)) + (c - back); // exact, by Knuth's TwoSum
    if (lost != 0 && !Double.isNaN(lost)) {
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        boolean isBeyond = lost > 0 == sum > 0; // the exact sum is further from zero
        sum = Double.longBitsToDouble(isBeyond ? bits + 1 : bits - 1);
      }
    }
    return (float) sum;
  }

  private static boolean isInHardware() {
    return VmOption.value("UseFMA").map(Boolean::parseBoolean).orElseGet(Fma::isFast);
  }

  /** By timing: BigDecimal takes more than a microsecond a call, even compiled. */
  private static boolean isFast() {
    float sum = 0;
    long start = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      sum = Math.fma(0.1f, i, sum);
    }
    return sum > 0 && System.nanoTime() - start < 500_000;
  }
}
