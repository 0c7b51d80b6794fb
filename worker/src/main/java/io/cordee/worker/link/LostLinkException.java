package io.cordee.worker.link;

/**
 * The server could not be reached, or the connection to it is lost: another attempt may succeed.
 */
public sealed class LostLinkException extends LinkException permits NotReadyException {

  private static final long serialVersionUID = 1;

  public LostLinkException(String message) {
    super(message);
  }
}
