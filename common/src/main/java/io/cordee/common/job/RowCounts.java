package io.cordee.common.job;

import io.cordee.common.reduce.ReductionTree;

/** How many rows of each kind a job has. */
public record RowCounts(long train, long validation, long test) {

  public RowCounts {
    if (train < 0 || validation < 0 || test < 0) {
      throw new IllegalArgumentException("numbers of rows must not be negative");
    }
  }

  /** One slice per partition, but none finer than a single row. */
  public Slices slices(int partitions) {
    return new Slices((int) Math.min(partitions, validation), (int) Math.min(partitions, test));
  }

  /**
   * @throws IllegalArgumentException if there is no such slice
   */
  public long rowsOf(int slice, int partitions) {
    Slices slices = slices(partitions);
    if (slice < 0 || slice >= slices.count()) {
      throw new IllegalArgumentException("there is no slice " + slice + " of " + slices.count());
    }
    boolean isValidation = slice < slices.validation();
    ReductionTree cut = new ReductionTree(isValidation ? slices.validation() : slices.test());
    return cut.rows(
        cut.leaf(isValidation ? slice : slice - slices.validation()),
        isValidation ? validation : test);
  }

  /** As in "1437 training, 160 validation and 200 test rows". */
  @Override
  public String toString() {
    return validation == 0
        ? "%d training and %d test rows".formatted(train, test)
        : "%d training, %d validation and %d test rows".formatted(train, validation, test);
  }
}
