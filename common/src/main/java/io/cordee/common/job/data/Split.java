package io.cordee.common.job.data;

/**
 * Rows of the training files that are held out. At least one of the shares is above 0, or there are
 * folds; together the shares are below 1.
 *
 * @param validation the share of those that decisions are made on
 * @param test the share of those that results are reported on; 0 with folds
 * @param seed of which ones they are
 * @param stratify whether each class gives the same shares
 * @param folds into how many parts of equal size all rows are cut, one of which is to test on; 0
 *     for none
 * @param fold which of them, from 1
 */
public record Split(
    double validation, double test, long seed, boolean stratify, int folds, int fold) {

  public Split {
    boolean isNone = folds == 0 && validation + test <= 0;
    if (isNone || !(validation + test < 1)) {
      throw new IllegalArgumentException(
          "expected shares for validation and test that are above 0 and below 1 together; found %s and %s"
              .formatted(validation, test));
    }
  }

  public boolean hasTest() {
    return test > 0 || folds > 0;
  }
}
