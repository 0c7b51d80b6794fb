package io.cordee.bench.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * The matrix products in a network's gradient over a micro-batch, on one thread. What a product
 * adds to is read by no other, so that sums grow by the same amount each time, and far from an
 * overflow.
 */
abstract class GradientProducts {

  private final int[] units;
  private final float[][] values;
  private final float[][] sums;
  private final float[] gradient;

  GradientProducts(List<Integer> layers, int rows) {
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

  final void run(float[] parameters, int rows) {
    int at = 0;
    for (int l = 1; l < units.length; l++) {
      int in = units[l - 1];
      int out = units[l];
      addSums(rows, in, out, values[l - 1], parameters, at, sums[l]);
      addOuterProducts(rows, in, out, values[l], values[l - 1], gradient, at);
      if (l > 1) {
        addErrors(rows, in, out, values[l], parameters, at, sums[l - 1]);
      }
      at += (in + 1) * out;
    }
  }

  /** z[rows, out] += x[rows, in] · wᵀ, with w[out, in] from an index on. */
  abstract void addSums(int rows, int in, int out, float[] x, float[] w, int at, float[] z);

  /** g[out, in] += δ[rows, out]ᵀ · x[rows, in], with g from an index on. */
  abstract void addOuterProducts(
      int rows, int in, int out, float[] δ, float[] x, float[] g, int at);

  /** below[rows, in] += δ[rows, out] · w, with w[out, in] from an index on. */
  abstract void addErrors(int rows, int in, int out, float[] δ, float[] w, int at, float[] below);
}
