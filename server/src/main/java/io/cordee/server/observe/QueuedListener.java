package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a training's events on to one listener, on a thread of its own, so that a disk that hangs
 * or a terminal that nobody reads holds up that listener alone. Events within rounds are not passed
 * on.
 *
 * <p>Events are gathered for a few milliseconds and told together, since waking a thread costs a
 * small round a tenth of its time. A caller that waits for the listener cuts this short.
 *
 * <p>A listener that keeps rows and throws ends the job: with a later row, or with the end if there
 * is none. One that informs people does not.
 *
 * <p>Memory: at most {@code capacity} events wait, some 200 bytes each.
 */
final class QueuedListener extends Relay implements AutoCloseable {

  /** What gives way when too many events wait. */
  enum WhenFull {
    /**
     * The training waits until a row can be queued: none is lost. The listener's answer to the end
     * counts, so that the training waits for that, too.
     */
    WAIT,
    /** Rows are left out, the oldest first. The training never waits. */
    DROP
  }

  private static final Logger LOG = LoggerFactory.getLogger(QueuedListener.class);

  private static final Duration POLL = Duration.ofMillis(100);

  private static final Duration GATHERING = Duration.ofMillis(10);

  private record Event(boolean isRow, Consumer<TrainingListener> tell) {}

  private final TrainingListener listener;
  private final WhenFull whenFull;
  private final int capacity;
  private final Duration showing;
  private final Thread thread;
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  // Guarded by this monitor.
  private final Deque<Event> waiting = new ArrayDeque<>();

  /** True if somebody waits for the listener, so that no more events are gathered. */
  private boolean isUrgent;

  private boolean isClosed;

  /** {@code showing} is how long a display may take to show the end before it is given up. */
  QueuedListener(
      String name, TrainingListener listener, WhenFull whenFull, int capacity, Duration showing) {
    this.listener = listener;
    this.whenFull = whenFull;
    this.capacity = capacity;
    this.showing = showing;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  // ---- on the listener's thread ----

  private void run() {
    try {
      for (int left = gather(); left > 0; left = gather()) {
        // Not those that arrive meanwhile: there may be no end of them.
        for (; left > 0; left--) {
          next().map(Event::tell).ifPresent(this::tell);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** Waits for an event, and a moment for others; returns how many there are, 0 at the end. */
  private synchronized int gather() throws InterruptedException {
    while (waiting.isEmpty() && !isClosed) {
      wait();
    }
    long end = System.nanoTime() + GATHERING.toNanos();
    for (long left = GATHERING.toNanos();
        left > 0 && !isUrgent && !isClosed;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    isUrgent = false;
    return waiting.size();
  }

  /** None if it gave way to a newer one. */
  private synchronized Optional<Event> next() {
    notifyAll();
    return Optional.ofNullable(waiting.poll());
  }

  private void tell(Consumer<TrainingListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      failed(e);
    } catch (Throwable e) { // an error, or what a listener does not declare
      failed(new IllegalStateException(e));
    } finally {
      Thread.interrupted(); // by a listener; this thread goes on
    }
  }

  private void failed(RuntimeException e) {
    if (whenFull == WhenFull.DROP) {
      LOG.warn("could not update {}", thread.getName(), e);
    } else {
      failure.compareAndSet(null, e);
    }
  }

  // ---- on the training's threads ----

  private synchronized void put(boolean isRow, Consumer<TrainingListener> event) {
    boolean isInterrupted = false;
    while (waiting.size() >= capacity && !isClosed) {
      if (whenFull == WhenFull.DROP) {
        waiting.stream()
            .filter(Event::isRow)
            .findFirst()
            .ifPresentOrElse(waiting::remove, waiting::poll);
      } else if (isRow) {
        try {
          hurry();
          wait();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      } else {
        return; // it may come from the listener itself, which must not wait for its own queue
      }
    }
    add(new Event(isRow, event));
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether it is taken: once this is closed, events are dropped. */
  private boolean add(Event event) {
    if (!isClosed) {
      waiting.add(event);
      if (waiting.size() == 1) {
        notifyAll(); // later ones are gathered
      }
    }
    return !isClosed;
  }

  private synchronized void hurry() {
    isUrgent = true;
    notifyAll();
  }

  @Override
  void pass(Consumer<TrainingListener> event) {
    put(false, event);
  }

  /** Runs the action after all queued events, and waits for it; at once if this is closed. */
  private <T> T call(Supplier<T> action) {
    try {
      return CompletableFuture.supplyAsync(action, this::runAfterAll).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void runAfterAll(Runnable task) {
    boolean isTaken;
    synchronized (this) {
      isTaken = add(new Event(false, to -> task.run()));
      hurry();
    }
    if (!isTaken) {
      task.run();
    }
  }

  private Outcome unlessFailed(Outcome outcome) {
    RuntimeException e = failure.getAndSet(null);
    return e == null ? outcome : outcome.then(Outcome.reason(e));
  }

  // Nothing is under way yet: a listener that keeps rows is waited for, and may refuse.

  @Override
  public void resumed(int version) {
    passOrCall(to -> to.resumed(version));
  }

  @Override
  public void started(int workers, int rounds) {
    passOrCall(to -> to.started(workers, rounds));
  }

  private void passOrCall(Consumer<TrainingListener> news) {
    if (whenFull == WhenFull.DROP) {
      pass(news);
      return;
    }
    call(
        () -> {
          news.accept(listener);
          return true;
        });
  }

  @Override
  public void measured(Measurement measurement) {
    RuntimeException failed = failure.getAndSet(null);
    if (failed != null) {
      throw failed;
    }
    put(true, to -> to.measured(measurement));
  }

  /** Of those who keep rows, it is waited for; those who tell people see it in the next row. */
  @Override
  public void improved(Best best, List<float[]> weights) {
    if (whenFull == WhenFull.WAIT) {
      passOrCall(to -> to.improved(best, weights));
    }
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    if (whenFull == WhenFull.WAIT) {
      return call(() -> listener.ended(unlessFailed(outcome), version, digest, weights));
    }
    Outcome known = unlessFailed(outcome);
    put(false, to -> to.ended(known, version, digest, weights));
    hurry();
    return known;
  }

  /**
   * Older checkpoints go when a newer one is on the disk: they are needed until the rows of the
   * rounds before it are there, too.
   */
  @Override
  public void kept(int version) {
    pass(to -> to.kept(version));
    drain();
  }

  /** Waits until every row so far has been told, unless rows may be left out. */
  void drain() {
    if (whenFull == WhenFull.WAIT) {
      call(() -> true);
    }
  }

  /**
   * Returns when the listener has been told everything and its thread is gone; if it only tells
   * people, after the time that a display may take. At once if the listener itself calls.
   */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    boolean isInterrupted = false;
    long deadline = System.nanoTime() + showing.toNanos();
    while (thread.isAlive()
        && thread != Thread.currentThread()
        && (whenFull == WhenFull.WAIT || System.nanoTime() < deadline)) {
      try {
        thread.join(POLL.toMillis());
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
