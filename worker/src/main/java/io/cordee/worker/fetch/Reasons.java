package io.cordee.worker.fetch;

/** What an exception says, in a word or a line. */
final class Reasons {

  private Reasons() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null || message.isBlank()
        ? kind
        : kind + ": " + message.lines().findFirst().orElse("");
  }
}
