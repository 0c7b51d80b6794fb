package io.cordee.worker.compute;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Runs something until it is about as fast as it will be: Java compiles meanwhile what is run
 * often. It rests as long as it runs, as others may need the processor.
 */
final class WarmUp {

  /** In nanoseconds, as all of these. */
  static final long MOST = 4_000_000_000L;

  /** For how long it has not become faster. */
  static final long SETTLED = 500_000_000;

  private static final long SHORTEST_REST = 4_000_000;

  /** What counts as faster: this part of the time. */
  private static final double FASTER = 0.9;

  /** How to sleep. */
  @FunctionalInterface
  interface Rest {
    void nanos(long nanos) throws InterruptedException;
  }

  private WarmUp() {}

  /**
   * @param isAwaited whether to end after the current run
   */
  static void run(Runnable task, BooleanSupplier isAwaited, LongSupplier nanoTime, Rest rest) {
    long start = nanoTime.getAsLong();
    long settled = start;
    long least = Long.MAX_VALUE;
    long begin = start;
    while (!isAwaited.getAsBoolean() && begin - start < MOST && begin - settled < SETTLED) {
      task.run();
      long end = nanoTime.getAsLong();
      if (end - begin < FASTER * least) {
        least = end - begin;
        settled = end;
      }
      if (end - start >= MOST || isAwaited.getAsBoolean()) {
        return;
      }
      try {
        rest.nanos(Math.max(SHORTEST_REST, end - begin));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      begin = nanoTime.getAsLong();
    }
  }
}
