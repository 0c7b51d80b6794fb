package io.cordee.server;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.job.Mode;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.rule.Optimizer;
import io.cordee.proto.security.Access;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.Checkpoints;
import io.cordee.server.checkpoint.KeptVersions;
import io.cordee.server.grpc.ContributionReader;
import io.cordee.server.grpc.Gate;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.LeadLink;
import io.cordee.server.grpc.Part;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.grpc.TrainService;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Board;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Keeper;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.shard.Follower;
import io.cordee.server.shard.Invitation;
import io.cordee.server.shard.LeadException;
import io.cordee.server.shard.Presence;
import io.cordee.server.training.AsynchronousTraining;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Shards;
import io.cordee.server.training.SynchronousTraining;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingListener;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The parameter server of one job: a gRPC server whose calls feed a {@link Training}.
 *
 * <p>Memory: two versions of the parameter vector, the rule's slots, and the contributions of a
 * round that could not be added yet, at most one per worker and maximal subtree. On top of that, a
 * connection takes, on the way out, what gRPC lets be written before the stream is not ready any
 * more (1 MiB) and one message (a chunk, 256 KiB), however slow its worker is: what waits to be
 * written is a few words per chunk and round that the worker is behind. On the way in, it takes the
 * flow-control window (4 MiB) and one message, both only while they are being sent.
 */
public final class ParameterServer implements AutoCloseable {

  /** Milliseconds between two looks at what is late. */
  private static final int TICK = 50;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ScheduledExecutorService thread = thread();
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final Parts parts;
  private final Farewell farewell;

  /**
   * How a server is run.
   *
   * @param address where it listens; port 0 lets the system pick
   * @param minWorkers the first round waits for so many
   * @param linger how long it stays after the job, so that late workers learn that it is over
   * @param shards how many server processes share the vector; this one leads them
   * @param checkpoints where the job's state is kept
   */
  public record Options(
      InetSocketAddress address,
      int minWorkers,
      Duration linger,
      int shards,
      Optional<CheckpointsAt> checkpoints) {

    /** Without checkpoints. */
    public Options(InetSocketAddress address, int minWorkers, Duration linger, int shards) {
      this(address, minWorkers, linger, shards, Optional.empty());
    }
  }

  /**
   * Where a job's state is kept.
   *
   * @param resumeAt the latest version that the job may go on from; empty if it begins anew
   */
  public record CheckpointsAt(Path folder, OptionalInt resumeAt) {}

  /** Where shard 0 listens, how it is spoken to, and how long it is waited for. */
  public record LeadAt(
      String host, int port, Access access, Duration patience, Runnable onWaiting) {}

  /** What a server is put together from. */
  private record Parts(
      GrpcTeam team, ServerServiceDefinition service, Runnable onStart, Runnable onClose) {}

  @FunctionalInterface
  private interface Assembly {

    /**
     * @param later runs one thing at a time
     * @param afterEach to be run after each message
     */
    Parts make(ScheduledExecutorService later, Runnable afterEach)
        throws IOException, InterruptedException;
  }

  private ParameterServer(InetSocketAddress address, Gate gate, Duration linger, Assembly assembly)
      throws IOException, InterruptedException {
    farewell =
        new Farewell(
            linger,
            (delay, action) -> thread.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS),
            end);
    parts = assembly.make(thread, this::checkForEnd);
    server =
        gate.server(address, thread)
            .addTeam(parts.service())
            .addPublic(health.getHealthService())
            .add(ProtoReflectionServiceV1.newInstance())
            .build();
  }

  private static ScheduledExecutorService thread() {
    return new ScheduledThreadPoolExecutor(
        1,
        task -> {
          Thread created = new Thread(task, "server");
          created.setDaemon(true);
          return created;
        },
        // What streams still have to say when the server is closed concerns nobody.
        new ThreadPoolExecutor.DiscardPolicy());
  }

  /** As below, in plain text, for whoever comes. */
  public static ParameterServer start(Job job, Options options, TrainingListener listener)
      throws IOException, InterruptedException {
    return start(job, options, Gate.OPEN, listener);
  }

  /**
   * Starts to listen, as the only server of a job or as shard 0 of several.
   *
   * @param gate who is let in
   * @throws IOException if the address cannot be had
   * @throws IllegalArgumentException if the job's vector cannot be shared by so many
   */
  public static ParameterServer start(
      Job job, Options options, Gate gate, TrainingListener listener)
      throws IOException, InterruptedException {
    check(job, options.shards());
    return started(
        new ParameterServer(
            options.address(),
            gate,
            options.linger(),
            (later, afterEach) -> lead(job, options, listener, later, afterEach)));
  }

  /**
   * Before anything is started: whether a job can be served by so many.
   *
   * @throws IllegalArgumentException if it cannot, with the reason
   */
  public static void check(Job job, int shards) {
    if (shards > 1 && job.mode() instanceof Mode.Async) {
      throw new IllegalArgumentException(
          "mode async takes one server, as shards would be at different places; found "
              + shards
              + " shards");
    }
    Optimizer optimizer = Optimizer.of(job.rule(), Layout.of(job.model()).parameters());
    if (shards > 1 && optimizer.mixesParameters()) {
      throw new IllegalArgumentException(
          "rule "
              + job.rule().name()
              + " solves one system for all parameters; it takes one server, found "
              + shards
              + " shards");
    }
    Chunks all = Chunks.of(Layout.of(job.model()).parameters(), optimizer.width());
    for (int number = 0; number < shards; number++) {
      Memory.check(optimizer, new Shard(number, shards).own(all), Runtime.getRuntime().maxMemory());
    }
  }

  private static Parts lead(
      Job job,
      Options options,
      TrainingListener listener,
      ScheduledExecutorService later,
      Runnable afterEach)
      throws IOException {
    if (job.mode() instanceof Mode.Async async) {
      return asynchronous(job, async, options, listener, later, afterEach);
    }
    Shard shard = new Shard(0, options.shards());
    Own own = Own.of(job, shard);
    Kept kept = Kept.of(job, shard, own, options.checkpoints(), listener);
    RoundBoard board = own.rounds(job, kept);
    String yaml = JobFile.write(job);
    ShardStreams shards =
        new ShardStreams(
            yaml,
            options.shards(),
            own.all(),
            kept.start().mark().version(),
            other -> CheckpointStore.isSameJob(other, job),
            later);
    SynchronousTraining[] made = new SynchronousTraining[1];
    GrpcTeam team =
        own.team(
            job,
            board,
            later,
            us ->
                made[0] =
                    new SynchronousTraining(
                        job,
                        board,
                        us,
                        listener,
                        System::nanoTime,
                        options.minWorkers(),
                        options.shards() == 1 ? Shards.NONE : shards,
                        new SynchronousTraining.Whole(own.all(), options.shards())),
            afterEach);
    shards.runBy(action -> team.run(training -> action.accept(made[0])));
    ServerServiceDefinition service =
        options.shards() == 1 ? TrainService.of(team) : TrainService.of(team, shards);
    return new Parts(team, service, () -> {}, kept.close());
  }

  /** Where a shard's chunks begin, and who keeps them. */
  private record Kept(SavedState start, Keeper keeper, Runnable close) {

    static Kept of(
        Job job, Shard shard, Own own, Optional<CheckpointsAt> at, TrainingListener listener)
        throws IOException {
      SavedState start = SavedState.start(own.initial(), own.optimizer().slots());
      if (at.isEmpty()) {
        return new Kept(start, Keeper.NONE, () -> {});
      }
      CheckpointStore store =
          new CheckpointStore(
              new CheckpointFolder(at.get().folder(), shard),
              job,
              shard,
              own.chunks(),
              own.optimizer(),
              listener::warned);
      if (at.get().resumeAt().isPresent()) {
        int last = at.get().resumeAt().getAsInt();
        start = store.latest(start, version -> version <= last);
        listener.resumed(start.mark().version());
      }
      if (!job.checkpoint().isOn()) {
        return new Kept(start, Keeper.NONE, () -> {});
      }
      Checkpoints checkpoints = store.keepFrom(start.mark());
      return new Kept(start, checkpoints, checkpoints::close);
    }
  }

  private static Parts asynchronous(
      Job job,
      Mode.Async mode,
      Options options,
      TrainingListener listener,
      ScheduledExecutorService later,
      Runnable afterEach) {
    Own own = Own.of(job, Shard.WHOLE);
    AsyncBoard board =
        new AsyncBoard(own.optimizer(), own.chunks(), own.tree(), own.initial(), own.buffers());
    GrpcTeam team =
        own.team(
            job,
            board,
            later,
            us ->
                new AsynchronousTraining(
                    job,
                    mode.staleness(),
                    board,
                    us,
                    listener,
                    System::nanoTime,
                    options.minWorkers()),
            afterEach);
    return new Parts(team, TrainService.of(team), () -> {}, () -> {});
  }

  /**
   * Starts to listen as a shard that does not lead; the job comes from shard 0.
   *
   * @throws IOException if the address cannot be had
   * @throws io.cordee.server.shard.LeadException if shard 0 cannot be reached or refuses
   */
  public static ParameterServer follow(
      Shard shard,
      LeadAt lead,
      InetSocketAddress address,
      Gate gate,
      Duration linger,
      Optional<Path> checkpoints,
      TrainingListener listener)
      throws IOException, InterruptedException {
    return started(
        new ParameterServer(
            address,
            gate,
            linger,
            (later, afterEach) -> follower(shard, lead, checkpoints, listener, later, afterEach)));
  }

  /** Comes to shard 0, again if it is told to, until it is told to begin. */
  private static LeadLink join(LeadAt at, Presence presence, Executor later)
      throws InterruptedException {
    Presence now = presence;
    for (; ; ) {
      LeadLink lead =
          LeadLink.open(
              at.host(), at.port(), at.access(), now, at.patience(), at.onWaiting(), later);
      try {
        Invitation invitation = lead.invitation(at.patience());
        if (!invitation.isForLater()) {
          return lead;
        }
        now = presence.readyAt(invitation.version());
        lead.close();
      } catch (LeadException e) {
        lead.close();
        throw e;
      }
    }
  }

  private static Parts follower(
      Shard shard,
      LeadAt at,
      Optional<Path> checkpoints,
      TrainingListener listener,
      ScheduledExecutorService later,
      Runnable afterEach)
      throws IOException, InterruptedException {
    KeptVersions kept =
        checkpoints.isPresent()
            ? CheckpointStore.kept(checkpoints.get(), shard, listener::warned)
            : KeptVersions.NONE;
    LeadLink lead = join(at, new Presence(shard, kept, OptionalInt.empty()), later);
    try {
      requireSameJob(lead, kept, checkpoints);
      return follower(shard, lead, checkpoints, listener, later, afterEach);
    } catch (IOException | RuntimeException e) {
      lead.close();
      throw e;
    }
  }

  private static void requireSameJob(LeadLink lead, KeptVersions kept, Optional<Path> folder)
      throws InterruptedException {
    Job job = JobFile.parse(lead.invitation(Duration.ZERO).job(), "shard 0's job", List.of());
    if (!kept.job().isEmpty() && !CheckpointStore.isSameJob(kept.job(), job)) {
      throw new LeadException(
          folder.orElseThrow() + " holds the checkpoints of another job; give another --out");
    }
  }

  private static Parts follower(
      Shard shard,
      LeadLink lead,
      Optional<Path> checkpoints,
      TrainingListener listener,
      ScheduledExecutorService later,
      Runnable afterEach)
      throws IOException, InterruptedException {
    Invitation invitation = lead.invitation(Duration.ZERO);
    Job job = JobFile.parse(invitation.job(), "shard 0's job", List.of());
    Own own = Own.of(job, shard);
    int version = invitation.version();
    Optional<CheckpointsAt> keptAt =
        checkpoints.map(
            folder ->
                new CheckpointsAt(
                    folder, version == 0 ? OptionalInt.empty() : OptionalInt.of(version)));
    Kept kept = Kept.of(job, shard, own, keptAt, listener);
    if (kept.start().mark().version() != version) {
      kept.close().run();
      throw new LeadException(
          "shard 0 begins at round "
              + version
              + ", which this shard has not kept; found round "
              + kept.start().mark().version());
    }
    RoundBoard board = own.rounds(job, kept);
    Follower[] made = new Follower[1];
    GrpcTeam team =
        own.team(
            job,
            board,
            later,
            us ->
                made[0] =
                    new Follower(
                        job, board, us, lead, listener, own.part().firstChunk(), own.all()),
            afterEach);
    lead.runBy(action -> team.run(training -> action.accept(made[0])));
    return new Parts(
        team,
        TrainService.of(team),
        () -> team.run(training -> made[0].begin()),
        () -> {
          lead.close();
          kept.close().run();
        });
  }

  private static ParameterServer started(ParameterServer server) throws IOException {
    try {
      server.server.start();
    } catch (IOException e) {
      server.parts.onClose().run();
      server.thread.shutdownNow();
      throw e;
    }
    server.thread.scheduleWithFixedDelay(
        () -> server.parts.team().run(Training::tick), TICK, TICK, TimeUnit.MILLISECONDS);
    server.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    server.parts.onStart().run();
    return server;
  }

  /**
   * A shard's own part of the vector.
   *
   * @param all the chunks of the whole vector
   * @param chunks its own
   * @param initial its own weights at version 0
   */
  private record Own(
      Optimizer optimizer,
      Chunks all,
      Part part,
      Chunks chunks,
      ReductionTree tree,
      float[] initial,
      BufferPool buffers) {

    static Own of(Job job, Shard shard) {
      Layout layout = Layout.of(job.model());
      Optimizer optimizer = Optimizer.of(job.rule(), layout.parameters());
      Chunks all = Chunks.of(layout.parameters(), optimizer.width());
      Chunks own = shard.own(all);
      float[] initial = InitialWeights.of(job.model());
      int from = all.from(shard.firstChunk(all));
      return new Own(
          optimizer,
          all,
          Part.of(shard, all),
          own,
          new ReductionTree(job.partitions()),
          shard.count() == 1 ? initial : Arrays.copyOfRange(initial, from, from + own.parameters()),
          new BufferPool());
    }

    RoundBoard rounds(Job job, Kept kept) {
      return new RoundBoard(
          optimizer, chunks, tree, kept.start(), buffers, Cadence.of(job), kept.keeper());
    }

    GrpcTeam team(
        Job job,
        Board board,
        ScheduledExecutorService later,
        Function<Team, Training> training,
        Runnable afterEach) {
      return new GrpcTeam(
          later,
          JobFile.write(job),
          part,
          board,
          new ContributionReader(part, chunks, tree, buffers, job.wire().uplink()),
          training,
          afterEach);
    }
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
          parts.team().run(training -> training.interrupt(why));
        });
  }

  private void checkForEnd() {
    parts
        .team()
        .training()
        .outcome()
        .ifPresent(outcome -> thread.execute(() -> sayFarewell(outcome)));
  }

  private void sayFarewell(Outcome outcome) {
    farewell.check(outcome, parts.team().training().isOver());
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
    parts.onClose().run();
    end.complete(new Outcome.Interrupted("the server was closed before the job was over"));
  }
}
