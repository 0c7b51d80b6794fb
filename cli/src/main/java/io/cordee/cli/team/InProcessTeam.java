package io.cordee.cli.team;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.proto.connection.Connections;
import io.cordee.server.assembly.CheckpointsAt;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFolder;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.data.DataFolder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One server and some workers as threads of this process: the rounds, rules and digests of a team
 * of processes, for jobs so small that processes would cost more than the training.
 *
 * <p>A team runs one job, once. Many can be run one after the other, or beside each other; nothing
 * of them stays. What is logged goes where the process logs; nothing is printed.
 */
public final class InProcessTeam {

  @FunctionalInterface
  private interface Run {
    Outcome toItsEnd() throws IOException;
  }

  private final Job job;
  private final int workers;
  private final int threads;
  private final Path data;

  // Guarded by this team's monitor.
  private Optional<ParameterServer> server = Optional.empty();
  private boolean isInterrupted;
  private Optional<String> failure = Optional.empty();

  /** Whether the thread that runs the job was; only used by that. */
  private boolean wasInterrupted;

  /** {@code threads} are each worker's; {@code data} is the folder of the job's files. */
  public InProcessTeam(Job job, int workers, int threads, Path data) {
    this.job = job;
    this.workers = workers;
    this.threads = threads;
    this.data = data;
  }

  public Found found() {
    return Found.in(data, job);
  }

  public int workers() {
    return workers;
  }

  /**
   * Runs the job from its beginning into a folder of its own, as {@code cordee train} does.
   *
   * @param listener called on the training's threads; see {@link Listeners} if it may have to wait
   * @throws IOException if the folder cannot be written, or holds another run
   */
  public Outcome run(Path runFolder, TrainingListener listener) throws IOException {
    return keepingInterrupts(
        () -> {
          try (RunFolder folder = RunFolder.create(runFolder, job, found())) {
            return train(folder, OptionalInt.empty(), listener, new Traffic());
          }
        });
  }

  /**
   * Runs the job to its end, or until it is interrupted: by {@link #interrupt}, or as any thread
   * is. Then the weights are kept all the same, and the calling thread stays interrupted.
   *
   * @param resumeAt the latest version that the job may resume from; empty if it starts over
   * @param traffic counts bytes in both directions
   * @throws IOException if what was kept cannot be read
   * @throws IllegalArgumentException if the job cannot be served by this process, with the reason
   */
  public Outcome run(
      RunFolder folder, OptionalInt resumeAt, TrainingListener listener, Traffic traffic)
      throws IOException {
    return keepingInterrupts(() -> train(folder, resumeAt, listener, traffic));
  }

  /** Files are not written by a thread that is interrupted, so it is not until it has done so. */
  private Outcome keepingInterrupts(Run run) throws IOException {
    if (Thread.interrupted()) {
      interruptByThread();
    }
    try {
      return run.toItsEnd();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Outcome train(
      RunFolder folder, OptionalInt resumeAt, TrainingListener listener, Traffic traffic)
      throws IOException {
    ParameterServer.check(job, 1, workers);
    SocketAddress address = Connections.inProcess();
    try (Listeners all = new Listeners().addKeeping("rows", folder).add(listener);
        ParameterServer started = start(address, folder, resumeAt, all, traffic);
        WorkerThreads team =
            new WorkerThreads(
                address,
                workers,
                threads,
                DataFolder.rootsFor(job, data),
                reason -> fail(started, reason))) {
      starts(started);
      team.start();
      return unlessFailed(started.awaitEnd(this::interruptByThread, team::breakOff));
    }
  }

  private ParameterServer start(
      SocketAddress address,
      RunFolder folder,
      OptionalInt resumeAt,
      TrainingListener listener,
      Traffic traffic)
      throws IOException {
    folder.warnBy(listener::warned);
    var checkpoints =
        new CheckpointsAt(folder.checkpoints(), resumeAt, folder.found(), folder::best);
    var options =
        new ParameterServer.Options(
            address, workers, Duration.ZERO, 1, Optional.of(checkpoints), traffic);
    try {
      return ParameterServer.start(job, options, listener);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted before the server had started");
    }
  }

  private synchronized void starts(ParameterServer started) {
    server = Optional.of(started);
    started.expectNoOthers();
    if (isInterrupted) {
      interrupt();
    }
  }

  /** Ends the job before its time; any thread may call, at any time. */
  public synchronized void interrupt() {
    isInterrupted = true;
    server.ifPresent(running -> running.interrupt("interrupted"));
  }

  private void interruptByThread() {
    wasInterrupted = true;
    interrupt();
  }

  /** A thread does not die by itself, as a process may: what has ended one would end others. */
  private void fail(ParameterServer started, String reason) {
    synchronized (this) {
      failure = failure.or(() -> Optional.of(reason));
    }
    started.interrupt("a worker has failed");
  }

  /** What ended a worker has ended the job, unless that had been interrupted or was over before. */
  private synchronized Outcome unlessFailed(Outcome outcome) {
    boolean isItsEnd = outcome instanceof Outcome.Interrupted && !isInterrupted;
    return isItsEnd && failure.isPresent() ? outcome.then(failure.get()) : outcome;
  }
}
