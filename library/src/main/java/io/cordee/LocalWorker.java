package io.cordee;

import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.LinkException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/** A worker as a thread of this process. */
final class LocalWorker implements AutoCloseable {

  /** How long it may take to be done with what it computes when its connection is closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** And where it has to leave that: it may hang in what cannot be left. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofMillis(100);

  private final GrpcServerLink link;
  private final Thread thread;
  private volatile Duration patience = PATIENCE;

  /**
   * @param server where it is found in this process
   * @param threads compute threads
   * @param onFailure called with the reason when it cannot continue
   */
  LocalWorker(
      SocketAddress server, int threads, OwnFunctions functions, Consumer<String> onFailure) {
    link = GrpcServerLink.open(server);
    var worker =
        io.cordee.worker.Worker.of(
            Connector.to(link),
            "local",
            threads,
            CountedRows::find,
            FunctionProviders.only(functions),
            round -> {});
    thread = new Thread(() -> run(worker, onFailure), "cordee-worker");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run(io.cordee.worker.Worker worker, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (LinkException e) {
      onFailure.accept(e.getMessage());
    } catch (RuntimeException | Error e) {
      onFailure.accept(e.toString());
      throw e;
    }
  }

  /** Closes the connection, and has it leave whatever it is at. By the thread that closes it. */
  void breakOff() {
    link.close();
    thread.interrupt();
    patience = SHORT;
  }

  /** Closes the connection and waits for the thread. */
  @Override
  public void close() {
    link.close();
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
