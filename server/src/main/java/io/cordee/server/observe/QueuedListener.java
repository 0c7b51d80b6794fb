package io.cordee.server.observe;

import io.cordee.common.job.Columns;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a training's events on to one listener, on a thread of its own, so that a disk that hangs
 * or a terminal that nobody reads holds up that listener alone. What happens within rounds is not
 * passed on.
 *
 * <p>A listener that keeps rows and throws ends the job: with the next row, or with the end if
 * there is none. One that tells people does not.
 *
 * <p>Memory: at most {@code capacity} events wait, some 200 bytes each.
 */
final class QueuedListener implements TrainingListener, AutoCloseable {

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

  /** How long a display may take to show the end; then it is given up. */
  private static final Duration SHOWING = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(100);

  private record Event(boolean isRow, Consumer<TrainingListener> tell) {}

  private final TrainingListener listener;
  private final WhenFull whenFull;
  private final int capacity;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final Deque<Event> events = new ArrayDeque<>();
  private Optional<RuntimeException> failure = Optional.empty();
  private boolean isClosing;

  QueuedListener(String name, TrainingListener listener, WhenFull whenFull, int capacity) {
    this.listener = listener;
    this.whenFull = whenFull;
    this.capacity = capacity;
    this.thread = new Thread(this::tellAll, name);
    thread.setDaemon(true);
    thread.start();
  }

  // ---- on the listener's thread ----

  private void tellAll() {
    for (Optional<Event> next = take(); next.isPresent(); next = take()) {
      try {
        next.get().tell().accept(listener);
      } catch (RuntimeException e) {
        failed(e);
      } catch (Error e) {
        failed(new IllegalStateException(e));
      }
    }
  }

  private Optional<Event> take() {
    return locked(
        () -> {
          while (events.isEmpty() && !isClosing) {
            changed.awaitUninterruptibly();
          }
          changed.signalAll();
          return Optional.ofNullable(events.poll());
        });
  }

  private void failed(RuntimeException e) {
    if (whenFull == WhenFull.DROP) {
      LOG.warn("could not update {}", thread.getName(), e);
      return;
    }
    locked(() -> failure = failure.or(() -> Optional.of(e)));
  }

  // ---- on the training's threads ----

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void put(boolean isRow, Consumer<TrainingListener> tell) {
    locked(() -> !isClosing && hasRoomFor(isRow) && append(new Event(isRow, tell)));
  }

  private boolean append(Event event) {
    changed.signalAll();
    return events.add(event);
  }

  private boolean hasRoomFor(boolean isRow) {
    if (events.size() < capacity) {
      return true;
    }
    if (whenFull == WhenFull.DROP) {
      if (!events.removeIf(Event::isRow)) {
        events.removeFirst();
      }
      return true;
    }
    // Lines may come from the listener itself, which must not wait for its own queue.
    while (isRow && events.size() >= capacity && !isClosing) {
      changed.awaitUninterruptibly();
    }
    return isRow;
  }

  private void line(Consumer<TrainingListener> tell) {
    put(false, tell);
  }

  /** Tells something after all that waits, and waits until that is done. */
  private <T> T call(Supplier<T> action) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Event event =
        new Event(
            false,
            to -> {
              try {
                answer.complete(action.get());
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    if (!locked(() -> !isClosing && append(event))) {
      return action.get();
    }
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Optional<RuntimeException> takeFailure() {
    return locked(
        () -> {
          Optional<RuntimeException> taken = failure;
          failure = Optional.empty();
          return taken;
        });
  }

  private Outcome unlessFailed(Outcome outcome) {
    return takeFailure().<Outcome>map(e -> outcome.then(Outcome.reason(e))).orElse(outcome);
  }

  @Override
  public void joined(WorkerId worker, int connected) {
    line(to -> to.joined(worker, connected));
  }

  @Override
  public void columnsFound(Columns columns) {
    line(to -> to.columnsFound(columns));
  }

  @Override
  public void left(WorkerId worker, int connected) {
    line(to -> to.left(worker, connected));
  }

  /** Nothing is under way yet: a listener that keeps rows is waited for, and may refuse. */
  @Override
  public void resumed(int version) {
    if (whenFull == WhenFull.DROP) {
      line(to -> to.resumed(version));
      return;
    }
    call(
        () -> {
          listener.resumed(version);
          return version;
        });
  }

  @Override
  public void started(int workers) {
    line(to -> to.started(workers));
  }

  @Override
  public void waiting(String reason) {
    line(to -> to.waiting(reason));
  }

  @Override
  public void warned(String warning) {
    line(to -> to.warned(warning));
  }

  @Override
  public void measured(Measurement measurement) {
    Optional<RuntimeException> failed = takeFailure();
    if (failed.isPresent()) {
      throw failed.get();
    }
    put(true, to -> to.measured(measurement));
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    if (whenFull == WhenFull.WAIT) {
      return call(() -> listener.ended(unlessFailed(outcome), version, digest, weights));
    }
    Outcome known = unlessFailed(outcome);
    Event end = new Event(false, to -> to.ended(known, version, digest, weights));
    locked(() -> !isClosing && append(end));
    return known;
  }

  /**
   * Older checkpoints go when a newer one is on the disk: they are needed until the rows of the
   * rounds before it are there, too.
   */
  @Override
  public void kept(int version) {
    line(to -> to.kept(version));
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
   * people, after five seconds at the latest.
   */
  @Override
  public void close() {
    locked(
        () -> {
          isClosing = true;
          changed.signalAll();
          return true;
        });
    boolean isInterrupted = false;
    long deadline = System.nanoTime() + SHOWING.toNanos();
    while (thread.isAlive() && (whenFull == WhenFull.WAIT || System.nanoTime() < deadline)) {
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
