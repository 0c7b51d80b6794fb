package io.cordee.worker.link;

/**
 * There is no connection to the server: it failed, was lost, or was ended by the server. The
 * message is one line for people.
 */
public sealed class LinkException extends RuntimeException
    permits LostLinkException, RefusedException {

  private static final long serialVersionUID = 1;

  public LinkException(String message) {
    super(message);
  }
}
