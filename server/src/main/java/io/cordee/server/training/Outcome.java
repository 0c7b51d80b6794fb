package io.cordee.server.training;

/** How a job ended. */
public sealed interface Outcome {

  /** For people: one line. */
  String message();

  /** A stop condition was met. */
  record Completed(String message) implements Outcome {}

  /** It could not go on. */
  record Failed(String message) implements Outcome {}

  /** It goes on from what was kept, in this process or another. The workers are told nothing. */
  record Suspended(String message) implements Outcome {}

  /** Somebody asked it to stop. */
  record Interrupted(String message) implements Outcome {}

  /** One line of what broke. */
  static String reason(Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return cause.getCause() == null ? reason : reason + ": " + cause.getCause().getMessage();
  }

  /** A failure after this end, which it must not hide. */
  default Failed then(String failure) {
    return new Failed(this instanceof Failed ? message() + "; then " + failure : failure);
  }
}
