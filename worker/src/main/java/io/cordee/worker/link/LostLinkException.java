package io.cordee.worker.link;

/** The server is unreachable, or the connection is lost: another attempt may succeed. */
public sealed class LostLinkException extends LinkException permits NotReadyException {

  private static final long serialVersionUID = 1;

  public LostLinkException(String message) {
    super(message);
  }
}
