package io.cordee.worker.fetch;

import java.io.IOException;

/** A data set could not be fetched. The message says why and what to do by hand. */
public final class FetchException extends IOException {

  private static final long serialVersionUID = 1;

  public FetchException(String message) {
    super(message);
  }

  public FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
