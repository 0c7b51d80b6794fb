package io.cordee.common.job;

/** Which rows enter a round. */
public sealed interface Batch {

  /** All training rows, every round. */
  record Full() implements Batch {}

  /**
   * A fixed number of rows a round, spread evenly over the partitions, each of which walks through
   * a fresh permutation of its rows every epoch.
   *
   * @param rows at least 1
   * @param seed of the permutations
   */
  record Rows(int rows, long seed) implements Batch {}
}
