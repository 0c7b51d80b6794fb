package io.cordee.worker.process;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A time by which something has to happen, again and again. One timer serves all deadlines that are
 * met while it runs: a timer for each call would take longer than a short call. Thread-safe.
 */
final class Deadline implements AutoCloseable {

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final Runnable onMissed;
  private boolean isSet;
  private long due;
  private ScheduledFuture<?> next;

  /**
   * @param onMissed runs in a thread that all deadlines share, once for each that is missed
   */
  Deadline(Runnable onMissed) {
    this.onMissed = onMissed;
  }

  private static ScheduledThreadPoolExecutor timer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "function-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** Sets the deadline, in place of the one before. */
  synchronized void set(Duration within) {
    long nanos = within.toNanos();
    due = System.nanoTime() + nanos;
    isSet = true;
    if (next == null || next.getDelay(TimeUnit.NANOSECONDS) > nanos) {
      cancel();
      next = TIMER.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Notes that what had to happen has happened. */
  synchronized void meet() {
    isSet = false;
  }

  private void look() {
    synchronized (this) {
      next = null;
      if (!isSet) {
        return;
      }
      long left = due - System.nanoTime();
      if (left > 0) {
        next = TIMER.schedule(this::look, left, TimeUnit.NANOSECONDS);
        return;
      }
      isSet = false;
    }
    onMissed.run();
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  @Override
  public synchronized void close() {
    isSet = false;
    cancel();
  }
}
