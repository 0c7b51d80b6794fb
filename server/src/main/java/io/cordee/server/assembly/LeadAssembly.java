package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Mode;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutOfMemory;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.checkpoint.Versions;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Board;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.training.AsynchronousTraining;
import io.cordee.server.training.FinishedTraining;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardOrder;
import io.cordee.server.training.SynchronousTraining;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The only server of a job, or shard 0 of several.
 *
 * @param minWorkers how many the first round waits for
 * @param patience for the others to say what they have kept, where the job is resumed
 */
public record LeadAssembly(
    Job job,
    int shards,
    int minWorkers,
    Optional<CheckpointsAt> checkpoints,
    Duration patience,
    Traffic traffic,
    TrainingListener listener) {

  /**
   * The streams of the other shards, if there are any, which may come before this part is made.
   *
   * @param later runs one task at a time, on a thread of its own
   */
  public static Optional<ShardStreams> others(Job job, int shards, ScheduledExecutorService later) {
    return shards == 1
        ? Optional.empty()
        : Optional.of(
            new ShardStreams(
                JobFile.write(job),
                shards,
                JobVector.of(job).chunks(),
                job.model().first().map(given -> () -> InitialWeights.given(job.model())),
                other -> CheckpointStore.isSameJob(other, job),
                later));
  }

  /**
   * @throws TimeoutException if one of the others does not come in time
   */
  public Assembly make(ScheduledExecutorService later, Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException {
    return job.mode() instanceof Mode.Async async
        ? asynchronous(async, later)
        : synchronous(later, others);
  }

  /** Where the job can go on, by what all shards have kept. */
  private Optional<CheckpointsAt> agreed(Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException {
    if (others.isEmpty() || checkpoints.isEmpty() || checkpoints.get().resumeAt().isEmpty()) {
      return checkpoints;
    }
    CheckpointsAt at = checkpoints.get();
    List<Versions> own =
        CheckpointStore.kept(at.folder(), new Shard(0, shards), listener::warned).versions();
    listener.waiting(
        shards == 2
            ? "waiting for the other shard to report its checkpoints"
            : "waiting for " + (shards - 1) + " other shards to report their checkpoints");
    List<Versions> ofUse = Versions.upTo(at.resumeAt().getAsInt(), own);
    OptionalInt version = OptionalInt.of(others.get().agree(ofUse, patience));
    return Optional.of(new CheckpointsAt(at.folder(), version, at.found(), at.best()));
  }

  private Assembly synchronous(ScheduledExecutorService later, Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException {
    Optional<CheckpointsAt> at = agreed(others);
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    Memory memory = Memory.of(job, own.shard(), minWorkers);
    long room = memory.forDisk(OutOfMemory.available());
    KeptState kept = KeptState.of(own, at, room, listener);
    RoundBoard board = own.rounds(kept);
    GrpcTeam<SynchronousTraining> team =
        own.team(
            board,
            later,
            traffic,
            listener,
            around ->
                new SynchronousTraining(
                    around,
                    board,
                    minWorkers,
                    order -> others.ifPresent(streams -> streams.say(order)),
                    new SynchronousTraining.Whole(own.all(), shards)));
    at.ifPresent(
        folder -> team.training().resume(kept.rows().or(folder.found()), folder.best().get()));
    others.ifPresent(team::shares);
    others.ifPresent(
        streams ->
            streams.begin(
                board.version(),
                (shard, report, refuse) ->
                    team.perform(training -> training.heard(shard, report, refuse))));
    return new Assembly(team, memory.with(room), port -> {}, kept.close());
  }

  private Assembly asynchronous(Mode.Async mode, ScheduledExecutorService later) {
    OwnPart own = OwnPart.of(job, Shard.WHOLE);
    AsyncBoard board =
        new AsyncBoard(
            own.optimizer(),
            own.chunks(),
            own.tree(),
            InitialWeights.of(job.model()),
            own.buffers());
    return new Assembly(
        own.team(
            board,
            later,
            traffic,
            listener,
            around -> new AsynchronousTraining(around, mode.staleness(), board, minWorkers)),
        Memory.of(job, Shard.WHOLE, minWorkers).with(0));
  }

  /** Of a job that is over: it has no vector, and tells workers and shards how it has ended. */
  public static Assembly finished(
      Job job,
      int shards,
      Outcome outcome,
      Optional<ShardStreams> others,
      ScheduledExecutorService later) {
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    GrpcTeam<FinishedTraining> team =
        own.team(
            new NoVector(own.chunks()),
            later,
            new Traffic(),
            new TrainingListener() {},
            around -> new FinishedTraining(outcome, around.team()));
    others.ifPresent(team::shares);
    others.ifPresent(
        streams -> {
          streams.say(new ShardOrder.Finished(outcome));
          streams.begin(0, (shard, report, refuse) -> {});
        });
    return new Assembly(team, 0);
  }

  private record NoVector(Chunks chunks) implements Board {
    @Override
    public boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader) {
      return false;
    }
  }
}
