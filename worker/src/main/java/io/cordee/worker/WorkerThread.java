package io.cordee.worker;

import io.cordee.common.text.OutOfMemory;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RefusedException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker beside its server, in one process. */
public final class WorkerThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerThread.class);

  /** Time to leave once the server is closed; it may hang in what cannot be interrupted. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Worker worker;
  private final Thread thread;

  /**
   * @param onExclusion called with the reason when the job continues without it
   * @param onFailure called with the reason when it cannot continue, and its server may not know
   */
  public WorkerThread(
      Worker worker, String name, Consumer<String> onExclusion, Consumer<String> onFailure) {
    this.worker = worker;
    OutOfMemory.shares(worker); // before another one of this process begins
    thread = new Thread(() -> run(onExclusion, onFailure), name);
    thread.setDaemon(true);
  }

  private void run(Consumer<String> onExclusion, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (RefusedException e) {
      onExclusion.accept(e.getMessage());
    } catch (LinkException e) {
      onFailure.accept(e.getMessage());
    } catch (Throwable e) {
      LOG.error("the worker cannot go on", e);
      onFailure.accept(e.toString());
    }
  }

  public void start() {
    thread.start();
  }

  /** Has it leave whatever it is at. */
  public void breakOff() {
    worker.leave("its job is over");
    thread.interrupt();
  }

  /** Waits until it has left; to be called once its server is closed. */
  @Override
  public void close() {
    boolean isInterrupted = false;
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(POLL.toMillis());
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (thread.isAlive()) {
      breakOff(); // it has nobody left to report a failure to
    }
    OutOfMemory.leaves(worker); // even if it never began
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
