package io.cordee.function;

import java.util.OptionalLong;

/** Rows to compute on: features and targets, in a fixed order. */
public interface Rows {

  /** How many, at least one. */
  int count();

  /**
   * Which of the rows of its source a row is, counted from 0: for functions that hold the rows
   * themselves.
   */
  long index(int row);

  /**
   * What random numbers of a pass over these rows are drawn from; empty if there are to be none.
   */
  default OptionalLong noise() {
    return OptionalLong.empty();
  }

  /** The width of a row. */
  int features();

  /** Features of rows [from, from + count) into [count, features], row-major, from index 0. */
  void copyFeatures(int from, int count, float[] into);

  /**
   * Targets of rows [from, from + count) into [count, outputs], row-major, from index 0: one-hot
   * for class labels, values otherwise.
   */
  void copyTargets(int from, int count, float[] into);

  /** How much of the unit of an output's targets is 1 in {@link #copyTargets}. */
  default double targetUnit(int output) {
    return 1;
  }

  /** Returns whether rows have class labels, so that accuracy has a meaning, or target values. */
  boolean labelled();
}
