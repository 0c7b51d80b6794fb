package io.cordee.server.grpc;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Messages that wait for a worker's stream. Any thread may add and discard; one takes. */
final class Outbox {

  private final Queue<Outgoing> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  /** Returns how many messages wait now. */
  int add(Outgoing message) {
    queue.add(message);
    return size.incrementAndGet();
  }

  int size() {
    return size.get();
  }

  boolean contains(Outgoing message) {
    return queue.contains(message);
  }

  void discard(Predicate<Outgoing> which) {
    queue.removeIf(
        message -> {
          boolean isDiscarded = which.test(message);
          if (isDiscarded) {
            size.decrementAndGet();
          }
          return isDiscarded;
        });
  }

  /** Takes the next message, with what can share it of what still waits. */
  Optional<Outgoing> take() {
    Outgoing all = queue.poll();
    if (all == null) {
      return Optional.empty();
    }
    size.decrementAndGet();
    for (Outgoing other : queue) {
      if (all.room() == 0 || other.getClass() != all.getClass()) {
        break;
      }
      Optional<Outgoing> both = all.with(other);
      // It may be discarded at the same time.
      if (both.isPresent() && queue.remove(other)) {
        size.decrementAndGet();
        all = both.get();
      }
    }
    return Optional.of(all);
  }

  void clear() {
    queue.clear();
  }
}
