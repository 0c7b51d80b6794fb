package io.cordee.bench.kernel;

import io.cordee.worker.math.Matrix;
import io.cordee.worker.math.MatrixProduct;
import java.util.List;

/** By Cordee's own products. */
final class ExactGradient extends GradientProducts<float[]> {

  private final MatrixProduct product = new MatrixProduct();

  ExactGradient(List<Integer> layers, int rows, float[] parameters) {
    super(layers, rows, parameters, array -> array);
  }

  @Override
  void addSums(int rows, int in, int out, float[] x, float[] w, int at, float[] z) {
    Matrix transposed = Matrix.of(w, at, in).transposed();
    product.add(rows, out, in, Matrix.of(x, in), transposed, Matrix.of(z, out));
  }

  @Override
  void addOuterProducts(int rows, int in, int out, float[] δ, float[] x, float[] g, int at) {
    Matrix errors = Matrix.of(δ, out).transposed();
    product.add(out, in, rows, errors, Matrix.of(x, in), Matrix.of(g, at, in));
  }

  @Override
  void addErrors(int rows, int in, int out, float[] δ, float[] w, int at, float[] below) {
    product.add(rows, in, out, Matrix.of(δ, out), Matrix.of(w, at, in), Matrix.of(below, in));
  }
}
