package io.cordee.worker.link;

/**
 * The connection to the server could not be had, was lost, or was ended by the server. One line for
 * people.
 */
public sealed class LinkException extends RuntimeException permits LostLinkException {

  private static final long serialVersionUID = 1;

  public LinkException(String message) {
    super(message);
  }
}
