package io.cordee.server.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Threads that reduce large contributions and step chunks, one per core, apart from those that do
 * socket I/O. Small work is faster inline than handed over.
 */
public final class ChunkThreads {

  private static final int SMALL = 64 << 10;

  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final AtomicInteger COUNT = new AtomicInteger();

  private static final Executor THREADS =
      Executors.newFixedThreadPool(
          CORES,
          task -> {
            Thread thread = new Thread(task, "chunks-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  private ChunkThreads() {}

  /** Runs a task on this many bytes: inline if they are few, else on another thread. */
  static void run(int bytes, Runnable task) {
    if (bytes < SMALL) {
      task.run();
    } else {
      THREADS.execute(task);
    }
  }

  /**
   * Runs an action for 0 to {@code count} − 1, here and on as many other threads as are free. The
   * caller waits only for actions that another thread has begun, so it may itself be one of these
   * threads, or hold a lock that they wait for.
   *
   * @throws RuntimeException or an error, as an action threw it, when all are done
   */
  public static void each(int count, IntConsumer action) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicInteger left = new AtomicInteger(count);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            try {
              action.accept(i);
            } catch (RuntimeException | Error e) {
              failure.compareAndSet(null, e);
            } finally {
              if (left.decrementAndGet() == 0) {
                done.complete(null);
              }
            }
          }
        };
    for (int helper = 1; helper < Math.min(count, CORES); helper++) {
      THREADS.execute(share);
    }
    share.run();
    if (count > 0) {
      done.join();
    }
    if (failure.get() instanceof Error error) {
      throw error;
    }
    if (failure.get() != null) {
      throw (RuntimeException) failure.get();
    }
  }
}
