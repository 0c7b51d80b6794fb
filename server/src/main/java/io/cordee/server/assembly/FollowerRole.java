package io.cordee.server.assembly;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.Shard;
import io.cordee.common.retry.Retry;
import io.cordee.proto.connection.Dial;
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
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A shard that does not lead; the job comes from shard 0. When shard 0 is lost, it waits for it to
 * come back.
 *
 * @param lead where shard 0 listens
 * @param patience how long shard 0 is waited for
 * @param onWaiting told why, when shard 0 cannot be reached at first
 * @param ownAddress where workers reach this shard, given the port it listens at; "" if they know
 *     it from elsewhere
 * @param checkpoints where this shard's are kept; empty for none: then the job starts over when
 *     this shard is lost
 */
public record FollowerRole(
    Shard shard,
    Dial lead,
    Duration patience,
    Consumer<String> onWaiting,
    IntFunction<String> ownAddress,
    Optional<Path> checkpoints,
    Traffic traffic,
    TrainingListener listener)
    implements Role {

  /**
   * @throws LeadException if shard 0 does not come within its patience, or refuses this shard
   */
  @Override
  public Assembly assemble(ScheduledExecutorService later, Optional<ShardStreams> none)
      throws IOException, InterruptedException {
    Optional<Retry> sinceLost = Optional.empty();
    String said = "";
    for (; ; ) {
      try {
        return join(later);
      } catch (LeadException e) {
        if (!e.isLost()) {
          throw e;
        }
        if (!said.equals(e.getMessage())) {
          said = e.getMessage();
          listener.waiting(said + "; retrying");
        }
        Retry retry = sinceLost.orElseGet(() -> new Retry(patience, TimeUnit.NANOSECONDS::sleep));
        sinceLost = Optional.of(retry);
        if (!retry.pause()) {
          throw new LeadException(said + "; gave up after " + patience.toSeconds() + " s");
        }
      }
    }
  }

  @Override
  public Role next(String why) {
    listener.waiting(why + "; waiting for it to come back");
    return this;
  }

  private Assembly join(ScheduledExecutorService later) throws IOException, InterruptedException {
    CheckpointStore.Kept kept =
        checkpoints.isPresent()
            ? CheckpointStore.kept(checkpoints.get(), shard, listener::warned)
            : CheckpointStore.Kept.NONE;
    LeadLink link = LeadLink.open(lead, shard, kept, patience, onWaiting, later);
    try {
      Invitation invitation = link.invitation(patience);
      Job job = invitation.job();
      if (!kept.job().isEmpty() && !CheckpointStore.isSameJob(kept.job(), job)) {
        throw new LeadException(
            checkpoints.orElseThrow()
                + " holds the checkpoints of another job; give another --out");
      }
      return begin(job, invitation, link, later);
    } catch (IOException | InterruptedException | RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private Assembly begin(
      Job job, Invitation invitation, LeadLink link, ScheduledExecutorService later)
      throws IOException, InterruptedException {
    int version = invitation.version();
    Memory memory = Memory.of(job, shard, job.team().minWorkers());
    memory.check(Memory.available(job));
    memory.warning(Memory.available(job)).ifPresent(listener::warned);
    OwnPart drawn = OwnPart.of(job, shard);
    OwnPart own =
        version == 0 && job.model().first().isPresent()
            ? drawn.beginningWith(link.firstWeights(drawn.chunks(), patience))
            : drawn;
    OptionalInt resumeAt = version == 0 ? OptionalInt.empty() : OptionalInt.of(version);
    long room = memory.forDisk(Memory.available(job));
    KeptState kept = KeptState.of(own, checkpoints, invitation.run(), resumeAt, room, listener);
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
            around -> new Follower(around, board, link, shard.firstChunk(own.all()), own.all()));
    team.sealedBy(invitation.seal());
    link.runBy(team);
    return new Assembly(
        team,
        memory.with(room),
        port -> {
          link.listens(ownAddress.apply(port));
          team.perform(Follower::begin);
        },
        () -> {
          link.close();
          kept.close().run();
        });
  }
}
