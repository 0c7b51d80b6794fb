package io.cordee.server.grpc;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where large contributions are added up and stepped, beside the threads that read and write
 * sockets: one for each core. What is small is quicker done at once than handed over.
 */
final class ChunkThreads {

  private static final int SMALL = 64 << 10;

  private static final AtomicInteger COUNT = new AtomicInteger();

  private static final Executor THREADS =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          task -> {
            Thread thread = new Thread(task, "chunks-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  private ChunkThreads() {}

  /** Runs what deals with so many bytes: here, or on another thread. */
  static void run(int bytes, Runnable task) {
    if (bytes < SMALL) {
      task.run();
    } else {
      THREADS.execute(task);
    }
  }
}
