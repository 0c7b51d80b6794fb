package io.cordee.function;

/**
 * What was counted over some rows.
 *
 * @param rows how many
 * @param lossSum the sum of their losses
 * @param correct of rows with labels, those whose largest output is that of their label
 * @param within rows all of whose outputs are within the job's tolerance of their targets
 */
public record Stats(long rows, double lossSum, long correct, long within) {

  /** Of rows without labels. */
  public Stats(long rows, double lossSum) {
    this(rows, lossSum, 0);
  }

  /** Of rows with labels. */
  public Stats(long rows, double lossSum, long correct) {
    this(rows, lossSum, correct, 0);
  }
}
