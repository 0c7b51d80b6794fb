package io.cordee.common.job;

/** The form in which the server sends a step. */
public enum WeightFormat {
  /** Signs, if the optimizer allows it. */
  AUTO,
  /** The new weights. */
  FLOATS,
  /** The signs of the gradient, 2 bits per parameter: workers replay the step, to the same bits. */
  SIGNS
}
