package io.cordee.worker.math;

import dev.ludovic.netlib.blas.BLAS;

/**
 * Products by OpenBLAS, on one thread: the one that asks.
 *
 * <p>BLAS is column-major; a row-major matrix read column-major is its transpose, so it is asked
 * for cᵀ = bᵀ·aᵀ.
 */
final class BlasProduct implements MatrixProduct {

  private final OpenBlas library = OpenBlas.load();
  private final BLAS blas = library.blas();

  @Override
  public void addAB(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    blas.sgemm("N", "N", n, m, k, 1, b, bFrom, n, a, aFrom, k, 1, c, cFrom, n);
  }

  @Override
  public void addAtB(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    blas.sgemm("N", "T", n, m, k, 1, b, bFrom, n, a, aFrom, m, 1, c, cFrom, n);
  }

  @Override
  public void addABt(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
    blas.sgemm("T", "N", n, m, k, 1, b, bFrom, k, a, aFrom, k, 1, c, cFrom, n);
  }

  @Override
  public String arithmetic() {
    return library.arithmetic();
  }

  @Override
  public String describe() {
    return library.describe();
  }
}
