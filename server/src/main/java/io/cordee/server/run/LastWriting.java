package io.cordee.server.run;

import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes what is left of a run at its end, and retries for a while on failure: the cause may go
 * away, such as files that others have open, or a full disk.
 */
record LastWriting(Pause pause) {

  /** How often it is tried again. */
  private static final int TRIES = 30;

  static final LastWriting PATIENT = new LastWriting(() -> TimeUnit.SECONDS.sleep(1));

  /** Returns after a second; a test does not wait. */
  @FunctionalInterface
  interface Pause {
    void pass() throws InterruptedException;
  }

  @FunctionalInterface
  interface Writing {
    void write() throws IOException;
  }

  /**
   * @param otherwise what is there instead, and what to do with it
   * @return how the job has ended, after this
   */
  Outcome write(Outcome how, Writing writing, Supplier<String> otherwise, Consumer<String> warn) {
    Optional<String> trouble = trouble(writing);
    trouble.ifPresent(
        why ->
            warn.accept(
                String.format(
                    "%s; retrying for %d s from memory; %s", why, TRIES, otherwise.get())));
    for (int tries = 0; trouble.isPresent() && tries < TRIES; tries++) {
      try {
        pause.pass();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      trouble = trouble(writing);
    }
    return trouble.map(why -> (Outcome) how.then(why + "; " + otherwise.get())).orElse(how);
  }

  private static Optional<String> trouble(Writing writing) {
    try {
      writing.write();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }
}
