package io.cordee.server.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The events of a state machine, run one at a time and in order by whichever thread is first.
 * Posting never waits: while one thread runs events, the others leave theirs with it. No lock is
 * held while an event runs.
 *
 * <p>Events are brief, except for the one that ends the job. Long work is put off with {@link
 * #afterwards} until the mailbox is empty and free for other threads.
 */
class Mailbox {

  // Guarded by this mailbox's monitor.
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final List<Runnable> tasks = new ArrayList<>();
  private boolean isBusy;

  /**
   * Runs an event, after those that were posted before it, on this thread or on the one that is
   * running events now.
   *
   * @throws RuntimeException or an error, as an event or a task threw it first, when all have run
   */
  void post(Runnable event) {
    if (!leave(event)) {
      return;
    }
    Failures failures = new Failures();
    for (Runnable next = next(); next != null; next = next()) {
      failures.run(next);
    }
    takeTasks().forEach(failures::run);
    failures.rethrow();
  }

  /** Called by an event: runs a task on the same thread when the mailbox is free again. */
  synchronized void afterwards(Runnable task) {
    tasks.add(task);
  }

  /** Returns whether this thread is the one to run it. */
  synchronized boolean leave(Runnable event) {
    events.addLast(event);
    if (isBusy) {
      return false;
    }
    isBusy = true;
    return true;
  }

  /** The next event to run; null if there is none, and the mailbox free. */
  synchronized Runnable next() {
    Runnable next = events.pollFirst();
    isBusy = next != null;
    return next;
  }

  synchronized List<Runnable> takeTasks() {
    List<Runnable> taken = List.copyOf(tasks);
    tasks.clear();
    return taken;
  }

  /** One event that throws does not keep the others from running. */
  private static final class Failures {

    private Throwable first;

    void run(Runnable action) {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        first = first == null ? e : first;
      }
    }

    void rethrow() {
      if (first instanceof Error error) {
        throw error;
      }
      if (first != null) {
        throw (RuntimeException) first;
      }
    }
  }
}
