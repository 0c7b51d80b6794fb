package io.cordee.server.training;

/** How a job ended. */
public sealed interface Outcome {

  /** For people: one line. */
  String message();

  /** A stop condition was met. */
  record Completed(String message) implements Outcome {}

  /** It could not go on. */
  record Failed(String message) implements Outcome {}

  /** Somebody asked it to stop. */
  record Interrupted(String message) implements Outcome {}
}
