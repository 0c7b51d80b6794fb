package io.cordee.bench.chaos;

/** Something is not as in a quiet run. One line for people. */
final class Deviation extends Exception {

  private static final long serialVersionUID = 1;

  Deviation(String message) {
    super(message);
  }
}
