package io.cordee.common.measure;

/** What metrics are computed from: sums over rows. Immutable. */
public sealed interface Measures permits ClassCounts, ValueSums {

  /**
   * Those of both.
   *
   * @throws IllegalArgumentException if the other is not of the same model
   */
  Measures plus(Measures right);

  /** A metric of {@link Metric#of}; NaN if it is none of these, or the rows do not tell. */
  double of(Metric metric);

  /**
   * Checks what somebody else has counted.
   *
   * @param rows that were counted
   * @param labelled whether they have labels
   * @throws IllegalArgumentException if it cannot be
   */
  void check(long rows, boolean labelled, int outputs);
}
