package io.cordee.function;

import java.util.Arrays;

/**
 * The sums of loss derivatives over some rows: what a worker pushes.
 *
 * <p>Its width is how many floats it holds per parameter: 1 for the gradient, 2 with a diagonal
 * curvature, 1 + parameters with the Hessian. It takes 4 · parameters · width bytes.
 */
public final class Sums {

  private final int width;
  private final float[] gradient;
  private final float[] extra;

  /** Zeros. */
  public Sums(int parameters, int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width must be at least 1; found " + width);
    }
    this.width = width;
    gradient = new float[parameters];
    extra = new float[Math.multiplyExact(parameters, width - 1)];
  }

  /** Of the vector. */
  public int parameters() {
    return gradient.length;
  }

  /** Floats for each parameter. */
  public int width() {
    return width;
  }

  /** The array itself, [parameters]. */
  public float[] gradient() {
    return gradient;
  }

  /**
   * The array itself, [parameters · (width − 1)]: the diagonal curvature, or the Hessian, row-major
   * and exactly symmetric; empty for width 1.
   */
  public float[] extra() {
    return extra;
  }

  /** All are 0 again. */
  public void clear() {
    Arrays.fill(gradient, 0);
    Arrays.fill(extra, 0);
  }

  /** this ← this + right, element by element, in this order. */
  public void add(Sums right) {
    if (right.gradient.length != gradient.length || right.width != width) {
      throw new IllegalArgumentException(
          "expected sums of %d parameters, width %d; found %d, width %d"
              .formatted(gradient.length, width, right.gradient.length, right.width));
    }
    add(right.gradient, gradient);
    add(right.extra, extra);
  }

  private static void add(float[] right, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += right[i];
    }
  }

  /** −0 becomes 0: which of them a chain ends with depends on whether zeros are multiplied. */
  public void makeZerosPositive() {
    makeZerosPositive(gradient);
    makeZerosPositive(extra);
  }

  private static void makeZerosPositive(float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += 0f;
    }
  }
}
