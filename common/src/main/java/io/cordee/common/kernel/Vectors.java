package io.cordee.common.kernel;

/** Work on ranges of float arrays. The order of every sum is fixed: by ascending index. */
public final class Vectors {

  private Vectors() {}

  /** Adds right into left, in place: left[i] + right[i] for i in [0, count). */
  public static void add(float[] left, float[] right, int count) {
    for (int i = 0; i < count; i++) {
      left[i] += right[i];
    }
  }

  /** Whether every element of [from, to) is neither NaN nor infinite. */
  public static boolean allFinite(float[] a, int from, int to) {
    // 0 · x is 0 for a finite x and NaN for any other; a sum of zeros and NaNs keeps the NaN.
    float sum = 0;
    for (int i = from; i < to; i++) {
      sum += 0 * a[i];
    }
    return sum == 0;
  }

  /**
   * The index of the first element of [from, to) that is NaN or infinite; {@code to} if there is
   * none.
   */
  public static int firstNotFinite(float[] a, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(a[i])) {
        return i;
      }
    }
    return to;
  }

  /** Multiplies the first {@code length} elements by {@code factor}, in place. */
  public static void scale(float[] vector, int length, float factor) {
    for (int i = 0; i < length; i++) {
      vector[i] *= factor;
    }
  }

  /** Adds the squares of the first {@code length} elements to {@code sum}, one after the other. */
  public static double addSquares(double sum, float[] vector, int length) {
    double total = sum;
    for (int i = 0; i < length; i++) {
      total += (double) vector[i] * vector[i];
    }
    return total;
  }
}
