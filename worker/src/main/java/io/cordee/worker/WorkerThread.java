package io.cordee.worker;

import io.cordee.common.text.OutOfMemory;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RefusedException;
import io.cordee.worker.link.ServerLink;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class WorkerThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerThread.class);

  /** Time to finish the current computation when the connection is closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Likewise after {@link #breakOff}: it may hang in what cannot be interrupted. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** Time to leave once its shard has left. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Runnable leave;
  private final Worker worker;
  private final Thread thread;
  private volatile Duration patience;
  private volatile boolean isLeaving;

  /**
   * @param link its connection, which is closed with this
   * @param onFailure called with the reason when it cannot continue
   */
  public WorkerThread(
      ServerLink link, String name, Function<Connector, Worker> make, Consumer<String> onFailure) {
    this(make.apply(Connector.to(link)), name, link::close, PATIENCE, onFailure, onFailure);
  }

  private WorkerThread(
      Worker worker,
      String name,
      Runnable leave,
      Duration patience,
      Consumer<String> onExclusion,
      Consumer<String> onFailure) {
    this.leave = leave;
    this.patience = patience;
    this.worker = worker;
    OutOfMemory.shares(worker); // before another one of this process begins
    thread = new Thread(() -> run(onExclusion, onFailure), name);
    thread.setDaemon(true);
  }

  /**
   * The worker of a process that is also a shard; it leaves once its servers have.
   *
   * @param onExclusion called with the reason when the job continues without it
   * @param onFailure called with the reason when it cannot continue and shard 0 does not know
   */
  public static WorkerThread ofShard(
      Worker worker, Consumer<String> onExclusion, Consumer<String> onFailure) {
    return new WorkerThread(worker, "worker", () -> {}, FAREWELL, onExclusion, onFailure);
  }

  private void run(Consumer<String> onExclusion, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (RefusedException e) {
      onExclusion.accept(e.getMessage());
    } catch (LinkException e) {
      if (!isLeaving) {
        onFailure.accept(e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      LOG.error("the worker cannot go on", e);
      onFailure.accept(e.toString());
    }
  }

  public void start() {
    thread.start();
  }

  /** Closes the connection; the thread ends after its current computation. */
  public void leave() {
    isLeaving = true;
    leave.run();
  }

  /** Closes the connection and interrupts the thread. Called by the thread that closes this. */
  public void breakOff() {
    leave();
    thread.interrupt();
    patience = SHORT;
  }

  @Override
  public void close() {
    leave();
    boolean isInterrupted = false;
    long deadline = System.nanoTime() + patience.toNanos();
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(POLL.toMillis());
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    thread.interrupt();
    OutOfMemory.leaves(worker); // even if it never began
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
