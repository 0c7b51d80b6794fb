package io.cordee.cli.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what other processes do, by looking again and again, with a deadline. */
final class Await {

  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param wanted what is waited for
   * @param found what there is instead, for the message if it does not come
   */
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
