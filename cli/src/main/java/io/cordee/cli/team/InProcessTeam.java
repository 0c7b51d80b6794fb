package io.cordee.cli.team;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.proto.connection.Connections;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.JobServer;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.Resources;
import io.cordee.worker.Worker;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.process.FunctionProcesses;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One server and some workers as threads of this process: the rounds, optimizers and digests of a
 * team of processes, for jobs so small that processes would cost more than the training.
 *
 * <p>A team runs one job, once. Many can be run one after the other, or beside each other; nothing
 * of them stays. What is logged goes where the process logs; nothing is printed.
 */
public final class InProcessTeam {

  private final Job job;
  private final int workers;
  private final int threads;
  private final Path data;
  private final RowCache cache;
  private final Optional<FunctionProcesses> processes;
  private final JobServer server;

  /**
   * @param threads of each worker
   * @param data the folder of the job's files
   * @param cache where rows are prepared
   * @param processes children of all workers that compute gradients; the caller closes them
   * @param server by which the job is ended before its time; then the weights are kept all the same
   */
  public InProcessTeam(
      Job job,
      int workers,
      int threads,
      Path data,
      RowCache cache,
      Optional<FunctionProcesses> processes,
      JobServer server) {
    this.job = job;
    this.workers = workers;
    this.threads = threads;
    this.data = data;
    this.cache = cache;
    this.processes = processes;
    this.server = server;
  }

  public Found found() {
    return Found.in(data, job);
  }

  /**
   * Runs the job from its beginning into a folder of its own, as {@code cordee train} does.
   *
   * @param listener called on the training's threads; see {@link Listeners} if it may have to wait
   * @throws IOException if the folder cannot be written, or holds another run
   */
  public Outcome run(Path runFolder, TrainingListener listener)
      throws IOException, InterruptedException {
    try (RunFolder folder = RunFolder.create(runFolder, job, found());
        Listeners all = new Listeners().addKeeping("rows", folder).add(listener)) {
      folder.warnBy(all::warned);
      return run(folder, false, all, new Traffic());
    }
  }

  /**
   * Runs the job to its end.
   *
   * @param isResumed whether the folder holds the beginning of the job
   * @param listeners the folder among them
   * @param traffic counts bytes in both directions
   * @throws IllegalArgumentException if the job cannot be served by this process, with the reason
   */
  public Outcome run(RunFolder folder, boolean isResumed, Listeners listeners, Traffic traffic)
      throws InterruptedException {
    LeadRole.check(job, 1, workers);
    SocketAddress here = Connections.inProcess();
    List<WorkerThread> team = new ArrayList<>();
    server.workHere(here, () -> start(team, here), () -> team.forEach(WorkerThread::breakOff));
    try {
      return server.run(
          new LeadRole(
              job, 1, workers, Optional.of(folder), isResumed, Duration.ZERO, traffic, listeners));
    } finally {
      team.forEach(WorkerThread::close);
    }
  }

  private void start(List<WorkerThread> team, SocketAddress here) {
    List<Path> roots = DataFolder.rootsFor(job, data);
    for (int number = 1; number <= workers; number++) {
      String name = "worker-" + number;
      Connector connector = Connector.to(GrpcServerLink.open(here));
      Worker worker =
          new Worker(
              connector,
              new Introduction(name, threads),
              Resources.of(roots, cache, processes),
              true,
              round -> {});
      Consumer<String> fail = reason -> server.fail(name + ": " + reason);
      team.add(new WorkerThread(worker, name, fail, fail));
    }
    team.forEach(WorkerThread::start);
  }
}
