package io.cordee.worker.link;

/** A connection that was there is lost: the server is not to blame, and another may be had. */
public final class LostLinkException extends LinkException {

  private static final long serialVersionUID = 1;

  public LostLinkException(String message) {
    super(message);
  }
}
