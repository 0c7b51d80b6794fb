package io.cordee.bench.kernel;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Arrays;
import java.util.List;

/**
 * The matrix products in a network's gradient over a micro-batch, by OpenBLAS on one thread: what a
 * gradient is measured against. What a product adds to is read by no other, so that sums grow by
 * the same amount each time, and far from an overflow.
 *
 * <p>BLAS is column-major; a row-major matrix read column-major is its transpose, so it is asked
 * for cᵀ = bᵀ·aᵀ.
 */
final class BlasGradient {

  private final BLAS blas = OpenBlas.load().blas();
  private final int[] units;
  private final float[][] values;
  private final float[][] sums;
  private final float[] gradient;

  BlasGradient(List<Integer> layers, int rows) {
    units = layers.stream().mapToInt(Integer::intValue).toArray();
    values = new float[units.length][];
    sums = new float[units.length][];
    int parameters = 0;
    for (int l = 0; l < units.length; l++) {
      values[l] = new float[rows * units[l]];
      Arrays.fill(values[l], 1e-3f);
      sums[l] = new float[rows * units[l]];
      parameters += l == 0 ? 0 : (units[l - 1] + 1) * units[l];
    }
    gradient = new float[parameters];
  }

  void run(float[] parameters, int rows) {
    int at = 0;
    for (int l = 1; l < units.length; l++) {
      int in = units[l - 1];
      int out = units[l];
      float[] x = values[l - 1];
      blas.sgemm("T", "N", out, rows, in, 1, parameters, at, in, x, 0, in, 1, sums[l], 0, out);
      float[] δ = values[l];
      blas.sgemm("N", "T", in, out, rows, 1, x, 0, in, δ, 0, out, 1, gradient, at, in);
      if (l > 1) {
        float[] below = sums[l - 1];
        blas.sgemm("N", "N", in, rows, out, 1, parameters, at, in, δ, 0, out, 1, below, 0, in);
      }
      at += (in + 1) * out;
    }
  }
}
