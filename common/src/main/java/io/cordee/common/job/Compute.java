package io.cordee.common.job;

/** What multiplies matrices on the workers. */
public enum Compute {
  /** OpenBLAS. Fast; equal bits are promised between machines of one CPU family. */
  BLAS,
  /** Plain Java in a fixed order. Slow; equal bits on any machine. */
  PORTABLE
}
