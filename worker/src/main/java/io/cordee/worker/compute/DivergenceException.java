package io.cordee.worker.compute;

/** A loss or a gradient is not finite. One line for people. */
public final class DivergenceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  DivergenceException(String message) {
    super(message);
  }
}
