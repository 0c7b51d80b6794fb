package io.cordee.worker.link;

/** The server sent what does not fit the job, or what it sent before. One line. */
public final class InvalidMessageException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  public InvalidMessageException(String what) {
    super("the server sent " + what + "; run the same version of Cordee on both sides");
  }
}
