package io.cordee;

import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobException;
import io.cordee.function.GradientFunction;
import io.cordee.proto.connection.Connections;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.LastRun;
import io.cordee.server.run.RunFolder;
import io.cordee.server.run.SavedRun;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import io.cordee.worker.Resources;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import io.cordee.worker.link.Introduction;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A server and compute threads in this process, without sockets. Trains one job, once; any number
 * of teams may be beside each other. The bits are those of any other team.
 *
 * <p>Memory, besides what gradient functions hold: a few vectors of the job's parameters for each
 * compute thread and for the team, and what the optimizer keeps for each parameter.
 */
public final class LocalTeam implements AutoCloseable {

  private static final String WORKER = "local";

  private final Job job;
  private final int threads;
  private final OwnFunctions functions;
  private final SocketAddress here = Connections.inProcess();
  private final JobServer server = new JobServer();

  /** Once the server is there. */
  private Optional<WorkerThread> worker = Optional.empty();

  /** The folder that keeps the run; empty if none does. */
  private Optional<Path> folder = Optional.empty();

  private boolean isResumed;
  private OptionalInt weightsEvery = OptionalInt.empty();
  private final AtomicBoolean hasBegun = new AtomicBoolean();

  private LocalTeam(Job job, int threads, IntFunction<? extends GradientFunction> function) {
    this.job = job;
    this.threads = threads;
    functions = new OwnFunctions(function);
    server.workHere(here, this::work, () -> worker.ifPresent(WorkerThread::breakOff));
  }

  /**
   * A team that is ready to train.
   *
   * @param job what is trained
   * @param threads that compute, at least 1; more than there are partitions have nothing to do
   * @param function makes a gradient function for a compute thread, given the number of those made
   *     before; called by that thread
   * @return the team; to be closed
   * @throws CordeeException if the job cannot be trained in this process
   */
  public static LocalTeam of(
      Job job, int threads, IntFunction<? extends GradientFunction> function) {
    if (threads < 1) {
      throw new CordeeException("a team needs at least 1 compute thread; found " + threads);
    }
    try {
      LeadRole.check(job.spec(), 1, 1);
    } catch (IllegalArgumentException e) {
      throw new CordeeException(e.getMessage(), e);
    }
    return new LocalTeam(job, threads, function);
  }

  /**
   * A team that continues a run which {@link #keepIn} kept, from its last checkpoint, with the
   * optimizer's state: it ends with the bits of a run that was never stopped.
   *
   * @param folder of the run; of a link such as {@code runs/last}, the run that it means now
   * @param threads as for {@link #of}
   * @param function as for {@link #of}; of the same rows
   * @param changes of the job, each {@code KEY=VALUE}: stop conditions, such as {@code
   *     stop.rounds=100}, and others that leave the rounds so far as they are
   * @return the team; to be closed
   * @throws CordeeException if the folder holds no run, the run is complete by its stop conditions,
   *     a change is wrong, or the job cannot be trained in this process
   */
  public static LocalTeam resume(
      Path folder,
      int threads,
      IntFunction<? extends GradientFunction> function,
      String... changes) {
    Path run = LastRun.followed(folder);
    Job job = Job.ofRun(run, changes);
    Optional<Outcome.Completed> completed = SavedRun.completed(run, job.spec());
    if (completed.isPresent()) {
      throw new CordeeException(
          "nothing is left to train in %s: %s; give more rounds, as in \"stop.rounds=1000\", or change the"
                  .formatted(run, completed.get().message())
              + " stop condition that was met");
    }
    LocalTeam team = of(job, threads, function);
    team.folder = Optional.of(run);
    team.isResumed = true;
    return team;
  }

  /**
   * Keeps the run in a folder, for {@link #resume} and for the command {@code cordee}: checkpoints,
   * as often as {@code checkpoint.every} says, a row of metrics for each round, and the last and
   * the best weights. To be called before {@link #train}.
   *
   * @param newFolder which {@link #train} makes; it must not exist, or be empty
   * @return this team
   */
  public LocalTeam keepIn(Path newFolder) {
    folder = Optional.of(newFolder);
    isResumed = false;
    return this;
  }

  /**
   * Has {@link Progress#weights} give the weights every so many rounds. Each of these rounds waits
   * until they are copied; up to two copies of the parameters wait for the listener. To be called
   * before {@link #train}.
   *
   * @param rounds at least 1
   * @return this team
   * @throws CordeeException if it is less
   */
  public LocalTeam weightsEvery(int rounds) {
    weightsEvery = OptionalInt.of(Telling.checked(rounds));
    return this;
  }

  /**
   * Trains the job to its end.
   *
   * @return what has come of it
   * @throws CordeeException as {@link #train(Consumer)}
   */
  public Result train() {
    return train(progress -> {});
  }

  /**
   * Trains the job to its end, or until it is {@linkplain #stop stopped}; blocks. An interrupt of
   * the calling thread ends it with an exception.
   *
   * @param progress told of each round, in order, on a thread of its own; should it be slow, the
   *     training does not wait, and of more than 65,536 rounds that wait to be told the oldest are
   *     left out. When this returns, all have been told, unless the last ones take more than 5
   *     seconds. If it throws, the training ends, and fails with that
   * @return what has come of it
   * @throws CordeeException if the gradient function throws, is not of the job's layout, is not
   *     deterministic, or gives what is not finite; if the listener throws; if this team has been
   *     closed, interrupted, or has trained before. {@link CordeeException#lastGood} has the last
   *     good weights, its cause is what function or listener has thrown
   */
  public Result train(Consumer<? super Progress> progress) {
    if (hasBegun.getAndSet(true)) {
      throw new CordeeException("a team trains its job once; make another one");
    }
    try (Telling telling = new Telling(job)) {
      telling.to(progress, server::fail);
      weightsEvery.ifPresent(telling::weightsEvery);
      try {
        Outcome outcome = folder.isPresent() ? run(folder.get(), telling) : run(telling);
        return telling.result(outcome, WORKER, functions.thrown());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw telling.failure("interrupted", e);
      } catch (StartException | IOException | JobException e) {
        throw new CordeeException(e.getMessage(), e);
      } finally {
        worker.ifPresent(WorkerThread::close);
      }
    }
  }

  private Outcome run(Telling telling) throws InterruptedException {
    return server.run(new LeadRole(job.spec(), 1, 1, new Traffic(), telling.listeners()));
  }

  private Outcome run(Path path, Telling telling) throws IOException, InterruptedException {
    try (RunFolder run =
            isResumed
                ? RunFolder.resume(path, job.spec(), Found.NOTHING)
                : RunFolder.create(path, job.spec(), Found.NOTHING);
        Listeners all = new Listeners().addKeeping("cordee-rows", run).add(telling.listeners())) {
      run.warnBy(all::warned);
      if (isResumed) {
        SavedRun.best(path, job.spec()).ifPresent(telling::bestBefore);
      }
      return server.run(
          new LeadRole(
              job.spec(), 1, 1, Optional.of(run), isResumed, Duration.ZERO, new Traffic(), all));
    }
  }

  private void work() {
    var computing =
        new io.cordee.worker.Worker(
            Connector.to(GrpcServerLink.open(here)),
            new Introduction(WORKER, threads),
            Resources.of(RowRange::find, FunctionProviders.only(functions)),
            true,
            round -> {});
    WorkerThread started = new WorkerThread(computing, "cordee-worker", server::fail, server::fail);
    worker = Optional.of(started);
    started.start();
  }

  /**
   * Ends the training after the round that is under way, or some later one; {@link #train} returns
   * the weights of that. Any thread may call, at any time, listeners too.
   */
  public void stop() {
    server.stop("stopped");
  }

  /**
   * Frees everything. If the training is under way, it ends: {@link #train} throws a {@link
   * CordeeException}, and frees everything before it does. Any thread may call, any number of
   * times, listeners too.
   */
  @Override
  public void close() {
    hasBegun.set(true);
    server.fail("the team was closed before the job was over");
  }
}
