package io.cordee.cli.team;

import io.cordee.worker.Worker;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.grpc.GrpcServerLink;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Workers as threads of this process. */
final class WorkerThreads implements AutoCloseable {

  private final List<WorkerThread> threads = new ArrayList<>();

  /**
   * @param server where it is found in this process
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
      threads.add(
          new WorkerThread(
              GrpcServerLink.open(server),
              name,
              connector -> new Worker(connector, name, computeThreads, data, true),
              reason -> onFailure.accept(name + ": " + reason)));
    }
  }

  void start() {
    threads.forEach(WorkerThread::start);
  }

  /** Has the workers leave whatever they are at. By the thread that closes them. */
  void breakOff() {
    threads.forEach(WorkerThread::breakOff);
  }

  @Override
  public void close() {
    threads.forEach(WorkerThread::leave);
    threads.forEach(WorkerThread::close);
  }
}
