package io.cordee.worker;

import io.cordee.worker.link.Connector;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.ServerLink;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** A worker as a thread of this process. */
public final class WorkerThread implements AutoCloseable {

  /** How long one may take to be done with what it computes when its connection is closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** And where it has to leave that: it may hang in what cannot be left. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofMillis(100);

  private final ServerLink link;
  private final Thread thread;
  private volatile Duration patience = PATIENCE;

  /**
   * @param link its connection, which is closed with this
   * @param name of the thread
   * @param make makes the worker
   * @param onFailure called with the reason when it cannot continue
   */
  public WorkerThread(
      ServerLink link, String name, Function<Connector, Worker> make, Consumer<String> onFailure) {
    this.link = link;
    Worker worker = make.apply(Connector.to(link));
    thread = new Thread(() -> run(worker, onFailure), name);
    thread.setDaemon(true);
  }

  private static void run(Worker worker, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (LinkException e) {
      onFailure.accept(e.getMessage());
    } catch (RuntimeException | Error e) {
      onFailure.accept(e.toString());
      throw e;
    }
  }

  public void start() {
    thread.start();
  }

  /** Closes the connection; the thread leaves when it is done with what it computes. */
  public void leave() {
    link.close();
  }

  /** Closes the connection, and has it leave whatever it is at. By the thread that closes it. */
  public void breakOff() {
    leave();
    thread.interrupt();
    patience = SHORT;
  }

  /** Closes the connection and waits for the thread. */
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
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
