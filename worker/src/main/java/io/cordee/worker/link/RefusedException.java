package io.cordee.worker.link;

/** Shard 0 has excluded this worker. */
public final class RefusedException extends LinkException {

  private static final long serialVersionUID = 1;

  public RefusedException(String message) {
    super(message);
  }
}
