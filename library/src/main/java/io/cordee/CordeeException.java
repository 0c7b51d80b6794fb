package io.cordee;

import java.util.Optional;

/**
 * A job that is wrong, or whose training could not go on. The message is one line for people: what
 * was expected, what was found, where, and what to do about it.
 */
public final class CordeeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Result lastGood;

  CordeeException(String message) {
    this(message, null, null);
  }

  CordeeException(String message, Throwable cause) {
    this(message, cause, null);
  }

  /**
   * @param lastGood null if there are no weights
   */
  CordeeException(String message, Throwable cause, Result lastGood) {
    super(message, cause);
    this.lastGood = lastGood;
  }

  /**
   * The weights of the last complete round, where training was broken off; empty if it had not
   * begun, or in another process.
   *
   * @return what training had come to
   */
  public Optional<Result> lastGood() {
    return Optional.ofNullable(lastGood);
  }
}
