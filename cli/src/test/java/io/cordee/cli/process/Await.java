package io.cordee.cli.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Polls for what other processes do, with a deadline. */
final class Await {

  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /** Returns once the condition holds; {@code found} describes the state if it does not. */
  static void until(
      String wanted, Duration patience, Callable<Boolean> condition, Supplier<String> found) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "waited " + patience.toSeconds() + " s for " + wanted + "; found:\n" + found.get());
      }
      LockSupport.parkNanos(POLL);
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
