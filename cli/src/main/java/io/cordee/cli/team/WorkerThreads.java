package io.cordee.cli.team;

import io.cordee.worker.Worker;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.LinkException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Workers as threads of this process. */
final class WorkerThreads implements AutoCloseable {

  /** How long one may take to be done with what it computes when its connection is closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** And where it has to leave that: it may hang in what cannot be left. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final List<GrpcServerLink> links = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Duration patience = PATIENCE;

  /**
   * @param server where it is found in this process
   * @param computeThreads of each
   * @param data the folders that the job's files are looked for in
   * @param onFailure called with the reason when a worker cannot continue
   */
  WorkerThreads(
      SocketAddress server,
      int workers,
      int computeThreads,
      List<Path> data,
      Consumer<String> onFailure) {
    for (int number = 1; number <= workers; number++) {
      String name = "worker-" + number;
      GrpcServerLink link = GrpcServerLink.open(server);
      links.add(link);
      Worker worker = new Worker(Connector.to(link), name, computeThreads, data, true);
      Thread thread = new Thread(() -> run(worker, name, onFailure), name);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  private static void run(Worker worker, String name, Consumer<String> onFailure) {
    try {
      worker.run();
    } catch (LinkException e) {
      onFailure.accept(name + ": " + e.getMessage());
    } catch (RuntimeException | Error e) {
      onFailure.accept(name + ": " + e);
      throw e;
    }
  }

  /**
   * Closes the connections, and has the workers leave whatever they are at. By the thread that
   * closes them.
   */
  void breakOff() {
    links.forEach(GrpcServerLink::close);
    threads.forEach(Thread::interrupt);
    patience = SHORT;
  }

  /** Closes the connections and waits for the threads. */
  @Override
  public void close() {
    links.forEach(GrpcServerLink::close);
    boolean isInterrupted = false;
    long deadline = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      while (thread.isAlive() && System.nanoTime() < deadline) {
        try {
          thread.join(100);
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
