package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Subvector;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Board;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingEvents;
import io.cordee.server.training.TrainingListener;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    GrpcTeam<Finished> team =
        own.team(
            new NoVector(own.chunks()),
            later,
            new Traffic(),
            new TrainingListener() {},
            around -> new Finished(outcome, around.team(), new HashSet<>()));
    others.ifPresent(team::shares);
    others.ifPresent(
        streams -> {
          streams.finished(outcome);
          streams.begin(0, report -> {});
        });
    return new Assembly(team, 0);
  }

  /** A training that is over: all workers are told so, and what they send before is ignored. */
  private record Finished(Outcome how, Team team, Set<WorkerId> members)
      implements Training, TrainingEvents {

    @Override
    public synchronized boolean isOver() {
      return members.isEmpty();
    }

    @Override
    public Optional<Outcome> outcome() {
      return Optional.of(how);
    }

    @Override
    public synchronized void tell(Consumer<? super TrainingEvents> event) {
      event.accept(this);
    }

    @Override
    public void contributed(WorkerId worker, List<Contribution> ofChunks) {}

    @Override
    public void joined(WorkerId worker, int threads) {
      members.add(worker);
      team.welcome(worker);
      team.finished(worker, how);
    }

    @Override
    public void left(WorkerId worker, String why) {
      members.remove(worker);
    }

    @Override
    public void interrupt(String why) {}

    @Override
    public void broken(Throwable cause) {}
  }

  private record NoVector(Chunks chunks) implements Board {
    @Override
    public boolean show(Vector vector, int chunk, int version, Consumer<float[]> reader) {
      return false;
    }

    @Override
    public Optional<float[]> copy(Vector vector, int chunk, int version, Subvector part) {
      return Optional.empty();
    }
  }
}
