package io.cordee.common.measure;

/** What metrics are computed from: sums over rows. Immutable. */
public sealed interface Measures permits ClassCounts, ValueSums {

  /**
   * @throws IllegalArgumentException if the other is not of the same model
   */
  Measures plus(Measures right);

  /** A metric of {@link Metric#of}; NaN if it is none of these, or the rows do not tell. */
  double of(Metric metric);

  /**
   * Validates counts that were made elsewhere.
   *
   * @param rows that were counted
   * @param labelled whether they have labels
   * @throws IllegalArgumentException if they are impossible
   */
  void check(long rows, boolean labelled, int outputs);
}
