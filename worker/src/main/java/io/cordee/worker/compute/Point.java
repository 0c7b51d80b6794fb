package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.function.Rows;
import io.cordee.function.Sums;

/** A point that losses and gradients are taken at: the vector at one version. */
interface Point {

  /** Computes the loss and the gradient of rows; overwrites the sums with the gradient. */
  @FunctionalInterface
  interface Gradient {
    Tally at(float[] parameters, Sums sums);
  }

  /** The parameters that rows of data read; not to be written. */
  float[] parameters(Rows rows);

  /** The sums over rows of data, in arrays from {@code arrays}. */
  NodeSum sum(Rows rows, SumArrays arrays, Gradient gradient);
}
