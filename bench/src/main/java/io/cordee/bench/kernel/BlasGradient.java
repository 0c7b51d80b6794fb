package io.cordee.bench.kernel;

import dev.ludovic.netlib.blas.BLAS;
import java.util.List;

/**
 * By OpenBLAS: what a gradient is measured against. BLAS is column-major; a row-major matrix read
 * column-major is its transpose, so it is asked for cᵀ = bᵀ·aᵀ.
 */
final class BlasGradient extends GradientProducts {

  private final BLAS blas = OpenBlas.load().blas();

  BlasGradient(List<Integer> layers, int rows) {
    super(layers, rows);
  }

  @Override
  void addSums(int rows, int in, int out, float[] x, float[] w, int at, float[] z) {
    blas.sgemm("T", "N", out, rows, in, 1, w, at, in, x, 0, in, 1, z, 0, out);
  }

  @Override
  void addOuterProducts(int rows, int in, int out, float[] δ, float[] x, float[] g, int at) {
    blas.sgemm("N", "T", in, out, rows, 1, x, 0, in, δ, 0, out, 1, g, at, in);
  }

  @Override
  void addErrors(int rows, int in, int out, float[] δ, float[] w, int at, float[] below) {
    blas.sgemm("N", "N", in, rows, out, 1, w, at, in, δ, 0, out, 1, below, 0, in);
  }
}
