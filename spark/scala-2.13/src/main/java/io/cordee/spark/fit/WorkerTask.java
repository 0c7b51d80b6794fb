package io.cordee.spark.fit;

import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.assembly.FollowerRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.Limits;
import io.cordee.server.observe.Traffic;
import io.cordee.server.serving.JobServer;
import io.cordee.server.serving.StartException;
import io.cordee.server.shard.LeadException;
import io.cordee.spark.rows.StagedRows;
import io.cordee.spark.rows.Staging;
import io.cordee.worker.Resources;
import io.cordee.worker.Worker;
import io.cordee.worker.WorkerThread;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.grpc.ServerDial;
import io.cordee.worker.link.Introduction;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.RetryingConnector;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.VoidFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker as a Spark task, which may be a shard as well. When it dies with its executor, Spark
 * starts it elsewhere, and it joins the team again.
 */
final class WorkerTask implements VoidFunction<Iterator<Integer>> {

  private static final long serialVersionUID = 2;

  private static final Logger LOG = LoggerFactory.getLogger(WorkerTask.class);

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
  private final int shards;
  private final LatestRound round;

  /**
   * @param host of the driver's server
   * @param shards of the job: the first tasks have those that the driver has not
   */
  WorkerTask(
      String host,
      int port,
      String token,
      Staging.Rows rows,
      int threads,
      int shards,
      LatestRound round) {
    this.host = host;
    this.port = port;
    this.token = token;
    this.train = rows.train();
    this.validation = rows.validation().orElse(null);
    this.threads = threads;
    this.shards = shards;
    this.round = round;
  }

  /** Works until the job is over, or Spark kills the task. */
  @Override
  public void call(Iterator<Integer> numbers) throws Exception {
    TaskContext task = TaskContext.get();
    String name = "task-" + task.partitionId() + "-" + task.attemptNumber();
    int shard = task.partitionId() + 1;
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(name, shard, end), "cordee-" + name);
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

  private void run(String name, int shard, CompletableFuture<Void> end) {
    try {
      if (shard < shards) {
        serve(name, new Shard(shard, shards));
      } else {
        worker(name, PATIENCE, Optional.empty()).run();
      }
      end.complete(null);
    } catch (InterruptedException | RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }

  private Worker worker(String name, Duration patience, Optional<ServerDial.Own> own) {
    var dial = new ServerDial(List.of(new HostAndPort(host, port)), Fit.access(token), own);
    return new Worker(
        new RetryingConnector(dial, patience),
        new Introduction(name, threads),
        Resources.of(this::find, FunctionProviders.installed()),
        true,
        at -> round.add((long) at));
  }

  /** As a shard, beside whose server a worker computes. */
  private void serve(String name, Shard shard) throws InterruptedException {
    SocketAddress door = Connections.inProcess();
    String here = SparkEnv.get().blockManager().blockManagerId().host();
    FollowerRole role =
        new FollowerRole(
            shard,
            new Dial(host, port, Fit.access(token)),
            Fit.SHARDS_PATIENCE,
            why -> LOG.info("waiting for the driver's server: {}", why),
            bound -> new HostAndPort(here, bound).toString(),
            train.mounted().map(folder -> folder.resolve("checkpoints")),
            new Traffic(),
            new TrainingLog());
    JobServer server = new JobServer();
    try (WorkerThread beside =
        new WorkerThread(
            worker(
                name,
                Fit.SHARDS_PATIENCE.plus(PATIENCE), // it is the shard that gives up
                Optional.of(new ServerDial.Own(shard, door))),
            "worker",
            why -> LOG.error("{}; this task continues as shard {}, without a worker", why, shard),
            server::fail)) {
      server.listenAt(
          new InetSocketAddress(here, 0),
          new Gate(Fit.access(token), Limits.DEFAULT).with(door),
          Duration.ZERO,
          bound -> beside.start());
      server.run(role);
    }
  }

  private ExternalRows find(String name) {
    StagedRows rows = name.equals(Fit.VALIDATION) ? validation : train;
    if (rows == null) {
      throw new DataException("no rows are called " + name);
    }
    return rows;
  }

  private static boolean isDone(CompletableFuture<Void> end)
      throws InterruptedException, ExecutionException {
    try {
      // How the job has ended is the driver's to tell.
      end.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      if (why instanceof LinkException
          || why instanceof LeadException
          || why instanceof StartException) {
        throw new IllegalStateException(why.getMessage(), why);
      }
      throw e;
    }
  }
}
