package io.cordee.common.job;

/** When contributions are applied. */
public sealed interface Mode {

  /** All of a round's at once: one step of the whole batch. */
  record Sync() implements Mode {}

  /**
   * Each as it comes: the weights depend on who was faster.
   *
   * @param staleness how many rounds a worker may be ahead of the slowest; 0 is lock step
   */
  record Async(int staleness) implements Mode {}
}
