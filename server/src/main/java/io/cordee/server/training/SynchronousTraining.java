package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.Chunks;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Synchronous training on the only server of a job, or on shard 0 of several: a {@link Coordinator}
 * and a {@link RoundShard} of its own. Contributions go straight to the shard; everything that has
 * to be decided goes through a {@link Mailbox} to the coordinator.
 */
public final class SynchronousTraining implements Training {

  private final Mailbox mailbox;
  private final Team team;
  private final RoundShard own;
  private final Coordinator coordinator;

  // Written by events, read by any thread.
  private volatile boolean isOver;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /** The whole vector and how many shards share it. */
  public record Whole(Chunks chunks, int shards) {}

  /**
   * @param board of this shard's own chunks
   * @param minWorkers how many the first round waits for
   */
  public SynchronousTraining(
      Surroundings around, RoundBoard board, int minWorkers, Shards others, Whole whole) {
    this(around, board, minWorkers, others, whole, new Mailbox());
  }

  SynchronousTraining(
      Surroundings around,
      RoundBoard board,
      int minWorkers,
      Shards others,
      Whole whole,
      Mailbox mailbox) {
    this.mailbox = mailbox;
    this.team = around.team();
    this.own = new RoundShard(around, board, new OwnLead(), 0, whole.chunks());
    ShardBook book = new ShardBook(whole.chunks(), whole.shards());
    this.coordinator = new Coordinator(around, own, others, book, minWorkers, mailbox::afterwards);
  }

  /**
   * @param found the rows that it was trained on; it accepts no others
   * @param best the best weights so far
   */
  public void resume(Found found, Optional<Best> best) {
    post(lead -> lead.resume(found, best));
  }

  @Override
  public boolean isOver() {
    return isOver;
  }

  @Override
  public Optional<Outcome> outcome() {
    return outcome;
  }

  @Override
  public void tell(Consumer<? super TrainingEvents> event) {
    post(event::accept);
  }

  public void post(Consumer<Coordinator> event) {
    mailbox.post(
        () -> {
          try {
            event.accept(coordinator);
          } finally {
            outcome = coordinator.outcome();
            isOver = coordinator.isOver();
          }
        });
  }

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    Contribution contribution = ofChunks.get(0);
    try {
      if (!coordinator.takes(contribution)) {
        own.drop(worker, ofChunks);
        return;
      }
    } catch (IllegalArgumentException e) {
      own.drop(worker, ofChunks);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    int version = contribution.version();
    int node = contribution.node();
    Tally tally = contribution.tally();
    int chunks = ofChunks.size();
    post(lead -> lead.contributed(worker, version, node, chunks, tally));
    own.contributed(worker, ofChunks);
  }

  private final class OwnLead implements Lead {

    @Override
    public void measured(int version, Tally tally) {
      post(lead -> lead.measured(tally));
    }

    @Override
    public void squares(int version, double[] ofChunks) {
      post(lead -> lead.shardSquares(0, version, ofChunks));
    }

    @Override
    public void stepped(int version, long[] checksums) {
      post(lead -> lead.shardStepped(0, version, checksums));
    }

    @Override
    public void weights(
        int version, int chunk, float[] values, int from, int count, long checksum) {
      throw new IllegalStateException("the coordinator reads its own shard's weights itself");
    }

    @Override
    public void failed(String message) {
      post(lead -> lead.fail(message));
    }
  }
}
