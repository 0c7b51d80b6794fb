package io.cordee.experiment.grid;

/** A comparison that makes no sense as asked for; the message is for the user. */
public final class GridException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public GridException(String message) {
    super(message);
  }
}
