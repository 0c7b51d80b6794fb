package io.cordee.server.grpc;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Where large contributions are reduced and chunks are stepped, beside the threads that read and
 * write sockets: one for each core. What is small is done faster at once than handed over.
 */
public final class ChunkThreads {

  private static final int SMALL = 64 << 10;

  private static final ForkJoinPool THREADS =
      new ForkJoinPool(
          Runtime.getRuntime().availableProcessors(),
          pool -> {
            ForkJoinWorkerThread thread =
                ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            thread.setName("chunks-" + (thread.getPoolIndex() + 1));
            return thread;
          },
          null,
          true);

  private ChunkThreads() {}

  /** Runs what deals with so many bytes: here, or on another thread. */
  static void run(int bytes, Runnable task) {
    if (bytes < SMALL) {
      task.run();
    } else {
      THREADS.execute(task);
    }
  }

  /** Runs an action for 0 to {@code count} − 1; a single one here, more on all threads. */
  public static void each(int count, IntConsumer action) {
    if (count < 2) {
      IntStream.range(0, count).forEach(action);
      return;
    }
    Runnable all = () -> IntStream.range(0, count).parallel().forEach(action);
    if (Thread.currentThread() instanceof ForkJoinWorkerThread one && one.getPool() == THREADS) {
      all.run();
    } else {
      THREADS.submit(all).join();
    }
  }
}
