package io.cordee.worker.link;

/** How a job has ended. */
public enum JobEnd {
  /** A stop condition was met. */
  COMPLETED,
  /** Somebody asked for it before its time; it can be resumed. */
  INTERRUPTED,
  FAILED
}
