package io.cordee.server.serving;

import java.io.IOException;

/** A server cannot be started: its address cannot be had, or what it is to resume from. */
public final class StartException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StartException(Exception cause) {
    super(cause.getMessage(), cause);
  }

  /** That the others did not come. */
  StartException(String message) {
    super(message);
  }

  /** Whether it is the address. */
  public boolean isOfAddress() {
    return getCause() instanceof IOException;
  }
}
