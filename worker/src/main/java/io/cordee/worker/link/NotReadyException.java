package io.cordee.worker.link;

/** The server is there, and has this worker come again later. */
public final class NotReadyException extends LostLinkException {

  private static final long serialVersionUID = 1;

  public NotReadyException(String message) {
    super(message);
  }
}
