package io.cordee.common.job;

/**
 * Rows of the training files that are held out. At least one of the shares is above 0, and together
 * they are below 1.
 *
 * @param validation the share of those that decisions are made on
 * @param test the share of those that results are reported on
 * @param seed of which ones they are
 * @param stratify whether each class gives the same shares
 */
public record Split(double validation, double test, long seed, boolean stratify) {}
