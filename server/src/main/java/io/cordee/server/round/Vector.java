package io.cordee.server.round;

public enum Vector {
  /** Where gradients are taken. */
  LOOKAHEAD_POINT,
  WEIGHTS
}
