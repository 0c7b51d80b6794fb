package io.cordee.server;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Board;
import io.cordee.server.round.ChunkState;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import io.cordee.server.training.FinishedTraining;
import io.cordee.server.training.Outcome;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * The server of a job that is over, or shard 0 of several: it has no vector, and tells workers and
 * shards how the job has ended.
 */
record FinishedAssembly(Job job, int shards, Outcome outcome) implements Assembly {

  private record NoVector(Chunks chunks) implements Board {
    @Override
    public boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader) {
      return false;
    }

    @Override
    public SignStep signStep(int chunk) {
      throw new IllegalStateException("the job is over; no chunk is stepped");
    }

    @Override
    public void showState(int chunk, Consumer<ChunkState> reader) {
      throw new IllegalStateException("the job is over; no chunk is kept");
    }
  }

  @Override
  public Parts make(ScheduledExecutorService later, Runnable afterEach) {
    OwnPart own = OwnPart.of(job, new Shard(0, shards));
    GrpcTeam team =
        own.team(
            job,
            new NoVector(own.chunks()),
            later,
            new Traffic(),
            us -> new FinishedTraining(outcome, us),
            afterEach);
    if (shards == 1) {
      return new Parts(team, team.service(Optional.empty()), () -> {}, () -> {});
    }
    ShardStreams others =
        new ShardStreams(JobFile.write(job), shards, own.all(), 0, yaml -> true, later);
    others.runBy(action -> {});
    others.finished(outcome);
    return new Parts(team, team.service(Optional.of(others)), () -> {}, () -> {});
  }
}
