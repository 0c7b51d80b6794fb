package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointStore;
import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.Invitation;
import io.cordee.server.grpc.LeadLink;
import io.cordee.server.grpc.ShardStreams;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.shard.Follower;
import io.cordee.server.shard.LeadException;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;

/** A shard that does not lead; the job comes from shard 0. */
public record FollowerRole(
    Shard shard, LeadAt at, Optional<Path> checkpoints, Traffic traffic, TrainingListener listener)
    implements Role {

  /**
   * @throws LeadException if shard 0 cannot be reached or refuses
   */
  @Override
  public Assembly assemble(ScheduledExecutorService later, Optional<ShardStreams> none)
      throws IOException, InterruptedException {
    CheckpointStore.Kept kept =
        checkpoints.isPresent()
            ? CheckpointStore.kept(checkpoints.get(), shard, listener::warned)
            : CheckpointStore.Kept.NONE;
    LeadLink lead =
        LeadLink.open(
            at.host(), at.port(), at.access(), shard, kept, at.patience(), at.onWaiting(), later);
    try {
      Invitation invitation = lead.invitation(at.patience());
      Job job = invitation.job();
      if (!kept.job().isEmpty() && !CheckpointStore.isSameJob(kept.job(), job)) {
        throw new LeadException(
            checkpoints.orElseThrow()
                + " holds the checkpoints of another job; give another --out");
      }
      return begin(job, invitation, lead, later);
    } catch (IOException | InterruptedException | RuntimeException e) {
      lead.close();
      throw e;
    }
  }

  private Assembly begin(
      Job job, Invitation invitation, LeadLink lead, ScheduledExecutorService later)
      throws IOException, InterruptedException {
    int version = invitation.version();
    Memory memory = Memory.of(job, shard, job.team().minWorkers());
    memory.check(Memory.available(job));
    memory.warning(Memory.available(job)).ifPresent(listener::warned);
    OwnPart drawn = OwnPart.of(job, shard);
    OwnPart own =
        version == 0 && job.model().first().isPresent()
            ? drawn.beginningWith(lead.firstWeights(drawn.chunks(), at.patience()))
            : drawn;
    Optional<CheckpointsAt> keptAt =
        checkpoints.map(
            folder ->
                new CheckpointsAt(
                    folder,
                    version == 0 ? OptionalInt.empty() : OptionalInt.of(version),
                    Found.trainedOn("", invitation.run()),
                    Optional::empty));
    long room = memory.forDisk(Memory.available(job));
    KeptState kept = KeptState.of(own, keptAt, room, listener);
    if (kept.start().mark().version() != version) {
      kept.close().run();
      // A file may have been damaged since: all shards are to agree anew.
      throw LeadException.lost(
          "shard 0 begins at round %d, which this shard has not kept; found round %d"
              .formatted(version, kept.start().mark().version()));
    }
    RoundBoard board = own.rounds(kept);
    GrpcTeam<Follower> team =
        own.team(
            board,
            later,
            traffic,
            listener,
            around ->
                new Follower(around, board, lead::report, shard.firstChunk(own.all()), own.all()));
    team.sealedBy(invitation.seal());
    lead.runBy(team::perform);
    return new Assembly(
        team,
        memory.with(room),
        port -> {
          lead.listens(at.ownAddress().apply(port));
          team.perform(Follower::begin);
        },
        () -> {
          lead.close();
          kept.close().run();
        });
  }
}
