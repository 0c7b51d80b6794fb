package io.cordee.common.text;

import java.util.Optional;

/** Says that a process has no memory left, and what to do about it. */
public final class OutOfMemory {

  private OutOfMemory() {}

  /** One line for people, if that is what something has failed of. */
  public static Optional<String> reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return Optional.of(
            "out of memory ("
                + cause.getMessage()
                + "); give this process more with CORDEE_JAVA_OPTS=-Xmx...");
      }
    }
    return Optional.empty();
  }
}
