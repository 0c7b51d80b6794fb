package io.cordee.common.job.file;

/** What computes gradients on the workers. */
enum Compute {
  /** Cordee's own products, whose bits are the same on any machine: docs/exactness.md. */
  EXACT
}
