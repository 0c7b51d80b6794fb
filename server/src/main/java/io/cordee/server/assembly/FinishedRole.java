package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Subvector;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Board;
import io.cordee.server.round.Vector;
import io.cordee.server.training.FinishedTraining;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardOrder;
import io.cordee.server.training.TrainingListener;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * Where an earlier server of a job that is over was, the only one or shard 0 of several: it has no
 * vector, and tells returning workers and shards how the job has ended.
 */
public record FinishedRole(Job job, int shards, Outcome outcome) implements Role {

  @Override
  public Optional<ShardStreams> others(ScheduledExecutorService later) {
    return LeadRole.others(job, "", shards, later);
  }

  @Override
  public Assembly assemble(ScheduledExecutorService later, Optional<ShardStreams> others) {
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
    public boolean show(
        Vector vector, int chunk, int version, Optional<Subvector> rows, Consumer<float[]> reader) {
      return false;
    }
  }
}
