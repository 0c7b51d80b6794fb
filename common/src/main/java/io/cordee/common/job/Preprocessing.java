package io.cordee.common.job;

/** What is made of the values of feature columns before a model sees them. */
public enum Preprocessing {
  /** Nothing: they are the features. */
  NONE,
  /** A mean of 0 and a standard deviation of 1 over the training rows. */
  STANDARDIZE,
  /** From 0 to 1 over the training rows. */
  MINMAX
}
