package io.cordee;

import io.cordee.function.GradientFunction;
import io.cordee.proto.connection.Connections;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.serving.Serving;
import io.cordee.server.serving.StartException;
import io.cordee.server.training.Outcome;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.Connector;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A server and compute threads in this process, without sockets. Trains one job, once; any number
 * of teams may be beside each other. The bits are those of any other team.
 *
 * <p>Memory, besides what gradient functions hold: a few vectors of the job's parameters for each
 * compute thread and for the team, and what the rule keeps for each parameter.
 */
public final class LocalTeam implements AutoCloseable {

  private static final String WORKER = "local";

  private final Job job;
  private final int threads;
  private final OwnFunctions functions;
  private final SocketAddress here = Connections.inProcess();
  private final Serving serving = new Serving();

  /** Once the server is there. */
  private Optional<WorkerThread> worker = Optional.empty();

  private final AtomicBoolean hasBegun = new AtomicBoolean();

  private LocalTeam(Job job, int threads, IntFunction<? extends GradientFunction> function) {
    this.job = job;
    this.threads = threads;
    functions = new OwnFunctions(function);
    serving.workHere(here, this::work, () -> worker.ifPresent(WorkerThread::breakOff));
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
      telling.to(progress, serving::fail);
      try {
        LeadRole role = new LeadRole(job.spec(), 1, 1, telling.listeners());
        Outcome outcome = serving.run(Gate.OPEN, Duration.ZERO, role);
        return telling.result(outcome, WORKER, functions.thrown());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw telling.failure("interrupted", e);
      } catch (StartException e) {
        throw new CordeeException(e.getMessage(), e);
      } finally {
        worker.ifPresent(WorkerThread::close);
      }
    }
  }

  private void work() {
    var computing =
        io.cordee.worker.Worker.of(
            Connector.to(GrpcServerLink.open(here)),
            WORKER,
            threads,
            RowCount::find,
            FunctionProviders.only(functions),
            round -> {});
    WorkerThread started =
        new WorkerThread(computing, "cordee-worker", serving::fail, serving::fail);
    worker = Optional.of(started);
    started.start();
  }

  /**
   * Ends the training after the round that is under way, or some later one; {@link #train} returns
   * the weights of that. Any thread may call, at any time, listeners too.
   */
  public void stop() {
    serving.stop("stopped");
  }

  /**
   * Frees everything. If the training is under way, it ends: {@link #train} throws a {@link
   * CordeeException}, and frees everything before it does. Any thread may call, any number of
   * times, listeners too.
   */
  @Override
  public void close() {
    hasBegun.set(true);
    serving.fail("the team was closed before the job was over");
  }
}
