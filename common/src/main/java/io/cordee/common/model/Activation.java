package io.cordee.common.model;

/** What a hidden layer applies to its weighted sums. */
public enum Activation {
  TANH,
  SIGMOID,
  RELU
}
