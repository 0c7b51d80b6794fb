package io.cordee.common.kernel;

/** Work on ranges of float arrays. The order of every sum is fixed. */
public final class Vectors {

  private static final int BLOCK = 1024;

  /** Up to here, a loop copies faster. */
  private static final int SHORT = 16;

  private Vectors() {}

  /** Copies a range, which may be short; not within one array. */
  public static void copy(float[] from, int at, float[] into, int to, int count) {
    if (count > SHORT) {
      System.arraycopy(from, at, into, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      into[to + i] = from[at + i];
    }
  }

  /** Adds right into left, in place: left[i] + right[i] for i in [0, count). */
  public static void add(float[] left, float[] right, int count) {
    for (int i = 0; i < count; i++) {
      left[i] += right[i];
    }
  }

  /** As {@link #add}, for two pairs of siblings: a[i] becomes (a[i] + b[i]) + (c[i] + d[i]). */
  public static void addFour(float[] a, float[] b, float[] c, float[] d, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = (a[i] + b[i]) + (c[i] + d[i]);
    }
  }

  public static boolean allFinite(float[] a) {
    // 0 · x is 0 for a finite x and NaN for any other; a sum of zeros and NaNs keeps the NaN.
    int at = a.length / BLOCK * BLOCK;
    float sum = at == 0 ? 0 : sumOfZeros(a, at);
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    float sum4 = 0;
    for (; at < a.length - 3; at += 4) {
      sum1 += 0 * a[at];
      sum2 += 0 * a[at + 1];
      sum3 += 0 * a[at + 2];
      sum4 += 0 * a[at + 3];
    }
    for (; at < a.length; at++) {
      sum += 0 * a[at];
    }
    return sum + sum1 + sum2 + sum3 + sum4 == 0;
  }

  /** Many sums side by side, from arrays that have one index, as only then HotSpot vectorises. */
  private static float sumOfZeros(float[] a, int count) {
    float[] block = new float[BLOCK];
    float[] sums = new float[BLOCK];
    for (int at = 0; at < count; at += BLOCK) {
      System.arraycopy(a, at, block, 0, BLOCK);
      for (int i = 0; i < BLOCK; i++) {
        sums[i] += 0 * block[i];
      }
    }
    float sum = 0;
    for (float one : sums) {
      sum += one;
    }
    return sum;
  }

  /** The index of the first element that is NaN or infinite; −1 if there is none. */
  public static int firstNotFinite(float[] a) {
    if (allFinite(a)) {
      return -1;
    }
    int i = 0;
    while (Float.isFinite(a[i])) {
      i++;
    }
    return i;
  }

  /** Of the first {@code count} elements. */
  public static void scale(float[] vector, int count, float factor) {
    for (int i = 0; i < count; i++) {
      vector[i] *= factor;
    }
  }

  /**
   * The sum of the squares of the first {@code length} elements, in double. Element i is added to
   * the sum i mod 8, from 0 and by ascending i; the eight sums are then added in pairs: ((0 + 1) +
   * (2 + 3)) + ((4 + 5) + (6 + 7)).
   */
  public static double squares(float[] vector, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      a += square(vector[i]);
      b += square(vector[i + 1]);
      c += square(vector[i + 2]);
      d += square(vector[i + 3]);
      e += square(vector[i + 4]);
      f += square(vector[i + 5]);
      g += square(vector[i + 6]);
      h += square(vector[i + 7]);
    }
    double[] sums = {a, b, c, d, e, f, g, h};
    for (int lane = 0; i < length; i++, lane++) {
      sums[lane] += square(vector[i]);
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3]))
        + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }

  private static double square(double x) {
    return x * x;
  }
}
