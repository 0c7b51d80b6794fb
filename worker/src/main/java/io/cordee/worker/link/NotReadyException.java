package io.cordee.worker.link;

/** The server is up, but asks this worker to retry later. */
public final class NotReadyException extends LostLinkException {

  private static final long serialVersionUID = 1;

  public NotReadyException(String message) {
    super(message);
  }
}
