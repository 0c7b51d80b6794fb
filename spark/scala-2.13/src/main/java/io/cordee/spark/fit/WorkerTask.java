package io.cordee.spark.fit;

import io.cordee.proto.security.Access;
import io.cordee.proto.security.Token;
import io.cordee.spark.rows.StagedRows;
import io.cordee.spark.rows.Staging;
import io.cordee.worker.Worker;
import io.cordee.worker.data.DataException;
import io.cordee.worker.data.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.GrpcServerLink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RetryingConnector;
import io.cordee.worker.link.ServerLink;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.VoidFunction;

/**
 * A worker as a Spark task. When it dies with its executor, Spark starts it elsewhere, and it joins
 * the team again.
 */
final class WorkerTask implements VoidFunction<Iterator<Integer>> {

  private static final long serialVersionUID = 1;

  /** How long the driver is looked for, at first and when the connection is lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int POLL_MILLIS = 50;

  /** How long a worker has to leave what it is at; what it says later reaches nobody. */
  private static final int STOP_MILLIS = 5000;

  private final String host;
  private final int port;
  private final String token;
  private final StagedRows train;
  private final StagedRows validation;
  private final int threads;
  private final LatestRound round;

  WorkerTask(
      String host, int port, String token, Staging.Rows rows, int threads, LatestRound round) {
    this.host = host;
    this.port = port;
    this.token = token;
    this.train = rows.train();
    this.validation = rows.validation().orElse(null);
    this.threads = threads;
    this.round = round;
  }

  /** Works until the job is over, or Spark kills the task. */
  @Override
  public void call(Iterator<Integer> numbers) throws Exception {
    TaskContext task = TaskContext.get();
    String name = "task-" + task.partitionId() + "-" + task.attemptNumber();
    CompletableFuture<Worker.End> end = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(name, end), "cordee-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      while (!isDone(end)) {
        if (task.isInterrupted()) {
          throw new TaskKilledException("the task was killed");
        }
      }
    } finally {
      thread.interrupt();
      thread.join(STOP_MILLIS);
    }
  }

  private void run(String name, CompletableFuture<Worker.End> end) {
    try {
      RetryingConnector connector = new RetryingConnector(this::connect, PATIENCE);
      end.complete(
          Worker.of(
                  connector,
                  name,
                  threads,
                  this::find,
                  FunctionProviders.installed(),
                  at -> round.add((long) at))
              .run());
    } catch (RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }

  private ServerLink connect() {
    Access access = new Access(Optional.empty(), Optional.of(Token.of(token)));
    GrpcServerLink link = GrpcServerLink.connect(host, port, access);
    link.begin();
    return link;
  }

  private ExternalRows find(String name) {
    StagedRows rows = name.equals(Fit.VALIDATION) ? validation : train;
    if (rows == null) {
      throw new DataException("no rows are called " + name);
    }
    return rows;
  }

  private static boolean isDone(CompletableFuture<Worker.End> end)
      throws InterruptedException, ExecutionException {
    try {
      // How the job has ended is the driver's to tell.
      end.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LinkException link) {
        throw new IllegalStateException(link.getMessage(), link);
      }
      throw e;
    }
  }
}
