package io.cordee.function;

/**
 * What was counted over some rows.
 *
 * @param rows how many
 * @param lossSum the sum of their losses
 * @param correct of rows with labels, those whose largest output is that of their label; {@link
 *     #NOT_COUNTED} if the function does not tell, so that there is no accuracy
 * @param within rows all of whose outputs are within the job's tolerance of their targets, or
 *     {@link #NOT_COUNTED}
 */
public record Stats(long rows, double lossSum, long correct, long within) {

  /** In place of a count. */
  public static final long NOT_COUNTED = -1;

  /** With the loss alone. */
  public Stats(long rows, double lossSum) {
    this(rows, lossSum, NOT_COUNTED);
  }

  /** Of rows with labels. */
  public Stats(long rows, double lossSum, long correct) {
    this(rows, lossSum, correct, NOT_COUNTED);
  }
}
