package io.cordee.bench.kernel;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** By OpenBLAS: what a gradient is measured against. */
final class BlasGradient extends GradientProducts<FloatPointer> {

  static {
    OpenBlas.load();
  }

  BlasGradient(List<Integer> layers, int rows, float[] parameters) {
    super(layers, rows, parameters, FloatPointer::new);
  }

  @Override
  void addSums(int rows, int in, int out, FloatPointer x, FloatPointer w, int at, FloatPointer z) {
    add(CblasNoTrans, CblasTrans, rows, out, in, x, in, w.getPointer(at), in, z);
  }

  @Override
  void addOuterProducts(
      int rows, int in, int out, FloatPointer δ, FloatPointer x, FloatPointer g, int at) {
    add(CblasTrans, CblasNoTrans, out, in, rows, δ, out, x, in, g.getPointer(at));
  }

  @Override
  void addErrors(
      int rows, int in, int out, FloatPointer δ, FloatPointer w, int at, FloatPointer below) {
    add(CblasNoTrans, CblasNoTrans, rows, in, out, δ, out, w.getPointer(at), in, below);
  }

  /** c[m, n] += a · b over k, of matrices with these strides, transposed as told. */
  private static void add(
      int ofA,
      int ofB,
      int m,
      int n,
      int k,
      FloatPointer a,
      int strideA,
      FloatPointer b,
      int strideB,
      FloatPointer c) {
    cblas_sgemm(CblasRowMajor, ofA, ofB, m, n, k, 1, a, strideA, b, strideB, 1, c, n);
  }
}
