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

  public boolean hasTest() {
    return test > 0 || folds > 0;
  }
}
