package io.cordee.common.retry;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Paces attempts, by {@link Backoff}, until time is up: attempt, then {@link #pause} and attempt
 * again for as long as that returns true. Used by one thread.
 */
public final class Retry {

  /** How to sleep, such as {@code TimeUnit.NANOSECONDS::sleep}; a test need not. */
  @FunctionalInterface
  public interface Sleep {
    void nanos(long nanos) throws InterruptedException;
  }

  /** Short, as an attempt is cheap, and a team waits for its last worker to find the server. */
  public static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final Duration patience;
  private final Backoff backoff;
  private final LongSupplier nanoTime;
  private final Sleep sleep;
  private long start;
  private long success;

  public Retry(Duration patience, Sleep sleep) {
    this(patience, new Backoff(new SplittableRandom(), LONGEST_PAUSE), System::nanoTime, sleep);
  }

  public Retry(Duration patience, Backoff backoff, LongSupplier nanoTime, Sleep sleep) {
    this.patience = patience;
    this.backoff = backoff;
    this.nanoTime = nanoTime;
    this.sleep = sleep;
    this.start = nanoTime.getAsLong();
    this.success = start;
  }

  public Duration patience() {
    return patience;
  }

  public void succeeded() {
    success = nanoTime.getAsLong();
  }

  /**
   * Starts the time anew, as what had succeeded has failed since. Pauses are short again, unless
   * that was within {@link #LONGEST_PAUSE}.
   */
  public void restart() {
    start = nanoTime.getAsLong();
    if (start - success >= LONGEST_PAUSE.toNanos()) {
      backoff.reset();
    }
  }

  /** Sleeps before the next attempt; returns false, at once, if there is no time for one. */
  public boolean pause() throws InterruptedException {
    long left = patience.toNanos() - (nanoTime.getAsLong() - start);
    if (left <= 0) {
      return false;
    }
    sleep.nanos(Math.min(backoff.next().toNanos(), left));
    return true;
  }
}
