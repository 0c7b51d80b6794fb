package io.cordee.cli.server;

import io.cordee.worker.Worker;
import io.cordee.worker.link.LinkException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker of a process that is a shard as well. */
public final class OwnWorker implements AutoCloseable {

  /** How long it may take to leave when its shard has. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(OwnWorker.class);

  private final Thread thread;

  private OwnWorker(Thread thread) {
    this.thread = thread;
  }

  /**
   * Starts it; it looks for its servers until they are there.
   *
   * @param onFailure told why it cannot go on
   */
  public static OwnWorker start(Worker worker, Consumer<String> onFailure) {
    Thread thread = new Thread(() -> run(worker, onFailure), "worker");
    thread.setDaemon(true);
    thread.start();
    return new OwnWorker(thread);
  }

  private static void run(Worker worker, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (LinkException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error(e.getMessage());
        onFailure.accept(e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      LOG.error("the worker of this node cannot go on", e);
      onFailure.accept(e.toString());
    }
  }

  @Override
  public void close() {
    try {
      thread.join(FAREWELL.toMillis());
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
