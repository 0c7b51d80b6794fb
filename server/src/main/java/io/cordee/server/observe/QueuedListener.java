package io.cordee.server.observe;

import io.cordee.common.job.Best;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final Semaphore room;
  private final BlockingQueue<Event> waiting = new LinkedBlockingQueue<>();
  private final Runnable gathering = this::gather;
  private final AtomicBoolean isGathering = new AtomicBoolean();

  /** Cuts the current gathering short, or the next one. */
  private final Semaphore haste = new Semaphore(0);

  private final ExecutorService executor;
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private Thread thread;

  /** {@code showing} is how long a display may take to show the end before it is given up. */
  QueuedListener(
      String name, TrainingListener listener, WhenFull whenFull, int capacity, Duration showing) {
    this.listener = listener;
    this.whenFull = whenFull;
    this.capacity = capacity;
    this.showing = showing;
    this.room = new Semaphore(capacity);
    ThreadPoolExecutor single =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> thread(name, task),
            this::tooLate);
    single.prestartCoreThread();
    this.executor = single;
  }

  private Thread thread(String name, Runnable task) {
    thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Once this is closed, events are dropped, and calls run at once. */
  private void tooLate(Runnable task, ThreadPoolExecutor closed) {
    if (task != gathering) {
      task.run();
    }
  }

  // ---- on the listener's thread ----

  private void gather() {
    try {
      if (!executor.isShutdown()) {
        haste.tryAcquire(GATHERING.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    haste.drainPermits();
    isGathering.set(false);
    tellAll();
  }

  /** Not those that arrive meanwhile: there may be no end of them. */
  private void tellAll() {
    for (int left = waiting.size(); left > 0; left--) {
      Event next = waiting.poll();
      if (next == null) {
        return; // it gave way to a newer one
      }
      if (whenFull == WhenFull.WAIT) {
        room.release();
      }
      tell(next.tell());
    }
  }

  private void tell(Consumer<TrainingListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      failed(e);
    } catch (Error e) {
      failed(new IllegalStateException(e));
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

  private void put(boolean isRow, Consumer<TrainingListener> event) {
    if (executor.isShutdown()) {
      return;
    }
    if (whenFull == WhenFull.DROP) {
      while (waiting.size() >= capacity) {
        waiting.stream()
            .filter(Event::isRow)
            .findFirst()
            .ifPresentOrElse(waiting::remove, waiting::poll);
      }
    } else if (!room.tryAcquire()) {
      if (!isRow) {
        return; // it may come from the listener itself, which must not wait for its own queue
      }
      haste.release();
      room.acquireUninterruptibly();
    }
    waiting.add(new Event(isRow, event));
    if (isGathering.compareAndSet(false, true)) {
      executor.execute(gathering);
    }
  }

  @Override
  void pass(Consumer<TrainingListener> event) {
    put(false, event);
  }

  /** Runs the action after all queued events, and waits for it. */
  private <T> T call(Supplier<T> action) {
    haste.release();
    try {
      return CompletableFuture.supplyAsync(
              () -> {
                if (Thread.currentThread() == thread) {
                  tellAll();
                }
                return action.get();
              },
              executor)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Outcome unlessFailed(Outcome outcome) {
    RuntimeException e = failure.getAndSet(null);
    return e == null ? outcome : outcome.then(Outcome.reason(e));
  }

  /** Nothing is under way yet: a listener that keeps rows is waited for, and may refuse. */
  @Override
  public void resumed(int version) {
    if (whenFull == WhenFull.DROP) {
      pass(to -> to.resumed(version));
      return;
    }
    call(
        () -> {
          listener.resumed(version);
          return version;
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
  public void improved(Best best, float[] weights) {
    if (whenFull == WhenFull.WAIT) {
      call(
          () -> {
            listener.improved(best, weights);
            return best;
          });
    }
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    if (whenFull == WhenFull.WAIT) {
      return call(() -> listener.ended(unlessFailed(outcome), version, digest, weights));
    }
    Outcome known = unlessFailed(outcome);
    put(false, to -> to.ended(known, version, digest, weights));
    haste.release();
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
    // The last events may have been queued, but not gathered yet.
    executor.execute(gathering);
    executor.shutdown();
    haste.release();
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
