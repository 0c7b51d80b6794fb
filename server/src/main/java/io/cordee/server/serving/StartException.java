package io.cordee.server.serving;

import java.io.IOException;

/** A server cannot start: its address cannot be bound, or what it is to resume from is unusable. */
public final class StartException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StartException(Exception cause) {
    super(cause.getMessage(), cause);
  }

  /** That the others did not come. */
  StartException(String message) {
    super(message);
  }

  /** Returns whether it is the address. */
  public boolean isOfAddress() {
    return getCause() instanceof IOException;
  }
}
