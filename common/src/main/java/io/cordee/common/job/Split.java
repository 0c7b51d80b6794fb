package io.cordee.common.job;

/**
 * Rows of the training files that are held out, to be tested on.
 *
 * @param test their share, above 0 and below 1
 * @param seed of which ones they are
 * @param stratify whether each class gives the same share
 */
public record Split(double test, long seed, boolean stratify) {}
