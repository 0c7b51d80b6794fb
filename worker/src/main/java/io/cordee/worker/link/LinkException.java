package io.cordee.worker.link;

/** The connection to the server failed, was lost, or was ended by the server. One line. */
public sealed class LinkException extends RuntimeException
    permits LostLinkException, RefusedException {

  private static final long serialVersionUID = 1;

  public LinkException(String message) {
    super(message);
  }
}
