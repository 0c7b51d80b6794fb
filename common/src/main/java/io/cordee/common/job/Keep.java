package io.cordee.common.job;

/** Which weights a run keeps, beside its last. */
public enum Keep {
  /** Those that the monitor found best. */
  BEST,
  /** No others. */
  LAST
}
