package io.cordee.bench.kernel;

import io.cordee.worker.math.Matrix;
import io.cordee.worker.math.MatrixProduct;
import java.util.Arrays;
import java.util.List;

/** The products of {@link BlasGradient}, by Cordee's own. */
final class ExactGradient {

  private final MatrixProduct product = new MatrixProduct();
  private final int[] units;
  private final float[][] values;
  private final float[][] sums;
  private final float[] gradient;

  ExactGradient(List<Integer> layers, int rows) {
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
      Matrix x = Matrix.of(values[l - 1], in);
      Matrix δ = Matrix.of(values[l], out);
      Matrix w = Matrix.of(parameters, at, in);
      product.add(rows, out, in, x, w.transposed(), Matrix.of(sums[l], out));
      product.add(out, in, rows, δ.transposed(), x, Matrix.of(gradient, at, in));
      if (l > 1) {
        product.add(rows, in, out, δ, w, Matrix.of(sums[l - 1], in));
      }
      at += (in + 1) * out;
    }
  }
}
