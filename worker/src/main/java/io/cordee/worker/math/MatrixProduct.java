package io.cordee.worker.math;

import io.cordee.common.job.Compute;

/**
 * The three matrix products of a network and its gradient.
 *
 * <p>Matrices are row-major and dense, and start at an offset in their array. All products add to
 * what {@code c} holds. The bits of a result depend on the shapes and the numbers alone, not on
 * where the arrays lie or which thread asks.
 *
 * <p>Not thread-safe: an instance may own scratch.
 */
public interface MatrixProduct {

  /**
   * The way a job wants its matrices multiplied.
   *
   * @throws IllegalStateException if {@code BLAS} is wanted and cannot be loaded here
   */
  static MatrixProduct of(Compute compute) {
    return switch (compute) {
      case BLAS -> new BlasProduct();
      case PORTABLE -> new PlainProduct();
    };
  }

  /** c[m, n] += a[m, k] · b[k, n]. */
  void addAB(int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom);

  /** c[m, n] += a[k, m]ᵀ · b[k, n]. */
  void addAtB(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom);

  /** c[m, n] += a[m, k] · b[n, k]ᵀ. */
  void addABt(
      int m, int n, int k, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom);

  /** What decides the bits of a product, in a few words: equal words, equal bits. */
  String arithmetic();

  /** What multiplies, in one line for a log. */
  String describe();
}
