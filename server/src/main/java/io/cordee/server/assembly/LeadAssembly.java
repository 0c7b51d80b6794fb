package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.text.OutOfMemory;
import io.cordee.server.checkpoint.CheckpointStore;
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
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * The only server of a job, or shard 0 of several.
 *
 * @param minWorkers how many the first round waits for
 */
public record LeadAssembly(
    Job job,
    int shards,
    int minWorkers,
    Optional<CheckpointsAt> checkpoints,
    Traffic traffic,
    TrainingListener listener) {

  /** {@code later} runs one task at a time, on a thread of its own. */
  public Assembly make(ScheduledExecutorService later) throws IOException {
    return job.mode() instanceof Mode.Async async ? asynchronous(async, later) : synchronous(later);
  }

  private Assembly synchronous(ScheduledExecutorService later) throws IOException {
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    Memory memory = Memory.of(job, own.shard(), minWorkers);
    long room = memory.forDisk(OutOfMemory.available());
    KeptState kept = KeptState.of(own, checkpoints, room, listener);
    RoundBoard board = own.rounds(kept);
    Optional<ShardStreams> streams =
        shards == 1
            ? Optional.empty()
            : Optional.of(
                new ShardStreams(
                    JobFile.write(job),
                    shards,
                    own.all(),
                    kept.start().mark().version(),
                    job.model().first().map(given -> () -> InitialWeights.given(job.model())),
                    other -> CheckpointStore.isSameJob(other, job),
                    later));
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
                    order -> streams.ifPresent(others -> others.say(order)),
                    new SynchronousTraining.Whole(own.all(), shards)));
    checkpoints.ifPresent(
        at -> team.training().resume(kept.rows().or(at.found()), at.best().get()));
    streams.ifPresent(
        others ->
            others.reportTo(
                (shard, report, refuse) ->
                    team.perform(training -> training.heard(shard, report, refuse))));
    return new Assembly(team, streams, memory.with(room), port -> {}, kept.close());
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
        Optional.empty(),
        Memory.of(job, Shard.WHOLE, minWorkers).with(0));
  }

  /** Of a job that is over: it has no vector, and tells workers and shards how it has ended. */
  public static Assembly finished(
      Job job, int shards, Outcome outcome, ScheduledExecutorService later) {
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    GrpcTeam<FinishedTraining> team =
        own.team(
            new NoVector(own.chunks()),
            later,
            new Traffic(),
            new TrainingListener() {},
            around -> new FinishedTraining(outcome, around.team()));
    if (shards == 1) {
      return new Assembly(team, Optional.empty(), 0);
    }
    ShardStreams others =
        new ShardStreams(
            JobFile.write(job), shards, own.all(), 0, Optional.empty(), yaml -> true, later);
    others.reportTo((shard, report, refuse) -> {});
    others.say(new ShardOrder.Finished(outcome));
    return new Assembly(team, Optional.of(others), 0);
  }

  private record NoVector(Chunks chunks) implements Board {
    @Override
    public boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader) {
      return false;
    }
  }
}
