package io.cordee.server.round;

/** Which vector is meant. */
public enum Vector {
  /** Where gradients are taken. */
  EVALUATION_POINT,
  WEIGHTS
}
