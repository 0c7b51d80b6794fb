package io.cordee.proto.message;

import io.cordee.proto.v1.Finished;

/** How a job has ended. */
public enum JobEnd {
  /** A stop condition was met. */
  COMPLETED,
  /** Stopped on request before a stop condition was met; it can be resumed. */
  INTERRUPTED,
  FAILED;

  public static JobEnd of(Finished finished) {
    return finished.getCompleted() ? COMPLETED : finished.getInterrupted() ? INTERRUPTED : FAILED;
  }

  /** Tells workers and other shards of it. */
  public Finished.Builder finished(String message) {
    return Finished.newBuilder()
        .setCompleted(this == COMPLETED)
        .setInterrupted(this == INTERRUPTED)
        .setMessage(message);
  }
}
