package io.cordee.proto.message;

/** How a job has ended. */
public enum JobEnd {
  /** A stop condition was met. */
  COMPLETED,
  /** Stopped on request before a stop condition was met; it can be resumed. */
  INTERRUPTED,
  FAILED
}
