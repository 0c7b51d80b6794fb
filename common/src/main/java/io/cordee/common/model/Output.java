package io.cordee.common.model;

/** What the last layer applies to its weighted sums. */
public enum Output {
  SOFTMAX,
  SIGMOID,
  LINEAR
}
