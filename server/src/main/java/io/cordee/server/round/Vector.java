package io.cordee.server.round;

public enum Vector {
  /** Where gradients are taken. */
  EVALUATION_POINT,
  WEIGHTS
}
