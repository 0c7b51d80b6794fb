package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.TrainService;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingListener;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The parameter server of one job: a gRPC server whose calls feed a {@link Training} on one thread.
 *
 * <p>Memory: two versions of the parameter vector, the rule's slots, and the contributions of a
 * round that could not be added yet, at most one per worker and maximal subtree.
 */
public final class ParameterServer implements AutoCloseable {

  /** Above what the team refuses with a reason, as gRPC cuts the stream off without one. */
  private static final int MAX_INBOUND_MESSAGE = 4 * GrpcTeam.MAX_MESSAGE;

  private static final int FLOW_CONTROL_WINDOW = 4 << 20;
  private static final Duration KEEPALIVE = Duration.ofSeconds(30);

  private final Server server;
  private final HealthStatusManager health;
  private final GrpcTeam team;
  private final ScheduledExecutorService thread;
  private final Farewell farewell;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();

  /**
   * How a server is run.
   *
   * @param address where it listens; port 0 lets the system pick
   * @param minWorkers the first round waits for so many
   * @param linger how long it stays after the job, so that late workers learn that it is over
   */
  public record Options(InetSocketAddress address, int minWorkers, Duration linger) {}

  private ParameterServer(Job job, Options options, TrainingListener listener) {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new Thread(task, "training");
              created.setDaemon(true);
              return created;
            },
            // What streams still have to say when the server is closed concerns nobody.
            new ThreadPoolExecutor.DiscardPolicy());
    farewell =
        new Farewell(
            options.linger(),
            (delay, action) -> thread.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS),
            end);
    Layout layout = Layout.of(job.model());
    Optimizer optimizer = Optimizer.of(job.rule(), layout.parameters());
    BufferPool buffers = new BufferPool();
    RoundBoard board =
        new RoundBoard(
            optimizer,
            Chunks.of(layout.parameters(), optimizer.width()),
            new ReductionTree(job.partitions()),
            InitialWeights.of(job.model()),
            buffers);
    team =
        new GrpcTeam(
            thread,
            JobFile.write(job),
            board,
            buffers,
            us -> new Training(job, board, us, listener, System::nanoTime, options.minWorkers()),
            this::checkForEnd);
    health = new HealthStatusManager();
    server =
        NettyServerBuilder.forAddress(options.address())
            .addService(new TrainService(team))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .maxInboundMessageSize(MAX_INBOUND_MESSAGE)
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(KEEPALIVE.toSeconds() / 2, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the address cannot be had
   */
  public static ParameterServer start(Job job, Options options, TrainingListener listener)
      throws IOException {
    ParameterServer server = new ParameterServer(job, options, listener);
    try {
      server.server.start();
    } catch (IOException e) {
      server.thread.shutdownNow();
      throw e;
    }
    server.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    return server;
  }

  public int port() {
    return server.getPort();
  }

  /** Done when the job is over and its workers have left. */
  public CompletableFuture<Outcome> end() {
    return end;
  }

  /** Ends the job before its time; the workers are told. */
  public void interrupt(String why) {
    thread.execute(
        () -> {
          farewell.dontLinger();
          team.training().interrupt(why);
          checkForEnd();
        });
  }

  private void checkForEnd() {
    team.training()
        .outcome()
        .ifPresent(outcome -> farewell.check(outcome, team.training().isOver()));
  }

  /** Stops listening and frees everything. If the job was not over, it has been interrupted. */
  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(500, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(500, TimeUnit.MILLISECONDS);
      }
      thread.shutdownNow();
      thread.awaitTermination(500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      server.shutdownNow();
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
    end.complete(new Outcome.Interrupted("the server was closed before the job was over"));
  }
}
