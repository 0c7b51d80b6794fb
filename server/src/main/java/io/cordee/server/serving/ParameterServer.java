package io.cordee.server.serving;

import io.cordee.common.text.OutOfMemory;
import io.cordee.proto.connection.Connections;
import io.cordee.server.assembly.Assembly;
import io.cordee.server.assembly.Memory;
import io.cordee.server.assembly.Role;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingEvents;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The parameter server of one job: a gRPC server whose calls feed a {@link Training}.
 *
 * <p>Memory: two versions of the parameter vector, the optimizer's slots, and the contributions of
 * a round that could not be added yet, at most one per worker and maximal subtree; {@link Memory}
 * says how much a job asks for. On top of that, a connection takes, on the way out, what gRPC lets
 * be written before the stream is not ready any more (1 MiB) and one message (of 256 KiB), however
 * slow its worker is: what waits to be written is a few words per chunk and round that the worker
 * is behind. On the way in, it takes the flow-control window (1 MiB) and one message, both only
 * while they are being sent.
 */
public final class ParameterServer implements AutoCloseable {

  private static final Duration FAREWELL = Duration.ofMillis(500);

  private final Server server;

  /** For the workers of this process. */
  private final Optional<Server> inside;

  private final HealthStatusManager health = new HealthStatusManager();
  private final ScheduledExecutorService thread = Connections.thread("server");
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();

  /** Empty while workers are to retry. */
  private volatile Optional<Assembly> parts = Optional.empty();

  private final Farewell farewell;

  /**
   * Starts to listen.
   *
   * @param address on a network (port 0 lets the system pick) or in this process
   * @param linger how long it stays after the job, so that late workers learn that it is over;
   *     recently lost ones are waited for in any case
   * @throws StartException if another shard does not come in time
   * @throws IOException if the address cannot be bound
   * @throws IllegalArgumentException if the job cannot be served
   */
  public static ParameterServer start(SocketAddress address, Gate gate, Duration linger, Role role)
      throws IOException, InterruptedException {
    return new ParameterServer(address, gate, linger, role, port -> {});
  }

  /**
   * @param onListening called with the port before other shards are waited for
   */
  ParameterServer(
      SocketAddress address, Gate gate, Duration linger, Role role, IntConsumer onListening)
      throws IOException, InterruptedException {
    farewell =
        new Farewell(
            linger,
            (delay, action) -> thread.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS),
            end);
    if (!(address instanceof InetSocketAddress)) {
      farewell.dontLinger(); // workers of this process do not come back
    }
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    Optional<ShardStreams> others = role.others(thread);
    server =
        gate.server(
            address,
            thread,
            GrpcTeam.service(this::team, others, false),
            List.of(health.getHealthService()),
            List.of(ProtoReflectionServiceV1.newInstance()));
    inside =
        gate.inside()
            .map(
                here ->
                    Gate.OPEN.server(
                        here,
                        thread,
                        GrpcTeam.service(this::team, others, true),
                        List.of(),
                        List.of()));
    try {
      if (others.isPresent()) {
        listen();
        onListening.accept(server.getPort());
      }
      Assembly made = assemble(role, others);
      parts = Optional.of(made);
      made.team().afterEach(this::checkForEnd);
      if (others.isEmpty()) {
        listen();
      }
    } catch (TimeoutException e) {
      close();
      throw new StartException(e.getMessage());
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
    OutOfMemory.takes(this, parts.get().memory());
    thread.scheduleWithFixedDelay(
        () -> run(TrainingEvents::tick),
        TrainingEvents.TICK,
        TrainingEvents.TICK,
        TimeUnit.MILLISECONDS);
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    parts.get().onStart().accept(server.getPort());
  }

  /** What cannot be read has nothing to do with the address. */
  private Assembly assemble(Role role, Optional<ShardStreams> others)
      throws InterruptedException, TimeoutException {
    try {
      return role.assemble(thread, others);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void listen() throws IOException {
    server.start();
    if (inside.isPresent()) {
      inside.get().start();
    }
  }

  private Optional<GrpcTeam<?>> team() {
    return parts.map(Assembly::team);
  }

  private void run(Consumer<TrainingEvents> event) {
    team().orElseThrow().run(event);
  }

  /** Where it listens, on a network. */
  public int port() {
    return server.getPort();
  }

  /** Done when the job is over and its workers have left. */
  public CompletableFuture<Outcome> end() {
    return end;
  }

  /** Ends the job before its time; the workers are told. */
  public void interrupt(String why) {
    endAtOnce(training -> training.interrupt(why));
  }

  private void endAtOnce(Consumer<TrainingEvents> end) {
    thread.execute(
        () -> {
          farewell.dontLinger();
          run(end);
        });
  }

  /** Ends the job as failed: this process can no longer do its part beside the server. */
  public void fail(String why) {
    thread.execute(() -> run(failing(why)));
  }

  /** The same, and stays only for the workers that are there to leave. */
  public void failAtOnce(String why) {
    endAtOnce(failing(why));
  }

  private static Consumer<TrainingEvents> failing(String why) {
    return training -> training.broken(new IllegalStateException(why));
  }

  /** No more workers will join: the job fails once fewer than {@code team.min_workers} are left. */
  public void expectNoOthers() {
    thread.execute(() -> run(TrainingEvents::expectNoOthers));
  }

  private void checkForEnd() {
    GrpcTeam<?> team = team().orElseThrow();
    Training training = team.training();
    training
        .outcome()
        .ifPresent(
            how ->
                thread.execute(() -> farewell.check(how, training.isOver(), team.expectsOthers())));
  }

  /** Stops listening and frees everything. If the job was not over, it has been interrupted. */
  @Override
  public void close() {
    health.enterTerminalState();
    Gate.shut(server, FAREWELL);
    inside.ifPresent(here -> Gate.shut(here, FAREWELL));
    thread.shutdownNow();
    try {
      thread.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.ifPresent(made -> made.onClose().run());
    OutOfMemory.leaves(this);
    end.complete(new Outcome.Interrupted("the server was closed before the job was over"));
  }
}
