package io.cordee.server.training;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Synchronous training on the only server of a job, or on shard 0 of several: a {@link Coordinator}
 * and a {@link RoundShard} of its own. Contributions go straight to the shard; everything that has
 * to be decided goes through a {@link Mailbox} to the coordinator.
 */
public final class SynchronousTraining implements Training {

  private final Mailbox mailbox = new Mailbox();
  private final Team team;
  private final RoundShard own;
  private final Coordinator coordinator;
  private final Members members;

  // Written by events, read by any thread.
  private volatile boolean isOver;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /**
   * @param nanoTime a clock, for the time limit and the figures of the metrics
   * @param minWorkers the first round waits for so many
   */
  public SynchronousTraining(
      Job job,
      RoundBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this(
        job,
        board,
        team,
        listener,
        nanoTime,
        minWorkers,
        Shards.NONE,
        new Whole(board.chunks(), 1));
  }

  /** The whole vector and how many shards share it. */
  public record Whole(Chunks chunks, int shards) {}

  /**
   * As shard 0 of several.
   *
   * @param board of this shard's own chunks
   * @param others the other shards
   */
  public SynchronousTraining(
      Job job,
      RoundBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers,
      Shards others,
      Whole whole) {
    this.team = team;
    this.own =
        new RoundShard(job, board, team, new OwnLead(), listener, nanoTime, 0, whole.chunks());
    this.coordinator =
        new Coordinator(
            job,
            own,
            new AllShards(others),
            new ShardBook(whole.chunks(), whole.shards()),
            team,
            listener,
            nanoTime,
            minWorkers);
    this.members = coordinator.members();
  }

  /** Takes only rows with these columns: a resumed job was trained on them. */
  public void expect(Columns columns) {
    post(() -> coordinator.expect(columns));
  }

  @Override
  public boolean isOver() {
    return isOver;
  }

  @Override
  public Optional<Outcome> outcome() {
    return outcome;
  }

  private void post(Runnable event) {
    mailbox.post(
        () -> {
          try {
            event.run();
          } finally {
            outcome = coordinator.outcome();
            isOver = coordinator.isOver();
          }
        });
  }

  // ---- from the workers ----

  @Override
  public void joined(WorkerId worker, int threads) {
    post(() -> members.joined(worker, threads, outcome));
  }

  @Override
  public void heard(WorkerId worker) {
    post(() -> members.heard(worker));
  }

  @Override
  public void foundData(WorkerId worker, DataFound found) {
    post(() -> members.foundData(worker, found));
  }

  @Override
  public void prepared(WorkerId worker, int plan) {
    post(() -> members.prepared(worker, plan));
  }

  @Override
  public void subscribed(WorkerId worker) {
    team.expel(
        worker, "shard 0 sends chunks with the first lease; there is nothing to subscribe to");
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    try {
      if (!coordinator.takes(contribution)) {
        own.drop(worker, contribution);
        return;
      }
    } catch (IllegalArgumentException e) {
      own.drop(worker, contribution);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    int version = contribution.version();
    int node = contribution.node();
    Tally tally = contribution.tally();
    post(() -> coordinator.contributed(worker, version, node, tally));
    own.contributed(worker, contribution);
  }

  @Override
  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    post(() -> coordinator.evaluated(worker, version, slice, tally));
  }

  @Override
  public void differs(WorkerId worker, int version, int chunk) {
    post(() -> coordinator.differs(worker, version, chunk));
  }

  @Override
  public void failed(WorkerId worker, String message) {
    post(() -> members.failed(worker, message));
  }

  @Override
  public void left(WorkerId worker) {
    post(() -> coordinator.left(worker));
  }

  @Override
  public void tick() {
    post(coordinator::tick);
  }

  @Override
  public void interrupt(String why) {
    post(() -> coordinator.interrupt(why));
  }

  @Override
  public void broken(Throwable cause) {
    post(() -> coordinator.broken(cause));
  }

  // ---- from the shards ----

  /** All chunks of a shard stand at this version; at 0, it has joined. */
  public void shardStepped(int shard, int version, long[] checksums) {
    post(() -> coordinator.shardStepped(shard, version, checksums));
  }

  /** A shard's share of the squared norm, chunk by chunk. */
  public void shardSquares(int shard, int version, double[] squares) {
    post(() -> coordinator.shardSquares(shard, version, squares));
  }

  /** The weights of a chunk of another shard, as they were asked for. */
  public void shardWeights(int shard, int version, int chunk, float[] values, long checksum) {
    post(() -> coordinator.shardWeights(shard, version, chunk, values, checksum));
  }

  /** A shard cannot go on, and so neither can the job. */
  public void shardFailed(int shard, String message) {
    post(() -> coordinator.fail("shard " + shard + ": " + message));
  }

  /** A shard no longer has what the job begins with: all shards have to agree anew. */
  public void shardLacks(int shard) {
    post(() -> coordinator.shardLacks(shard));
  }

  /**
   * The connection to a shard has ended, and its part of this round with it: all shards have to go
   * back to a version that each of them has kept.
   */
  public void shardLost(int shard) {
    post(() -> coordinator.shardLost(shard));
  }

  /** Hears this server's own shard. */
  private final class OwnLead implements Lead {

    @Override
    public void measured(int version, Tally tally) {
      post(() -> coordinator.measured(tally));
    }

    @Override
    public void squares(int version, double[] ofChunks) {
      shardSquares(0, version, ofChunks);
    }

    @Override
    public void stepped(int version, long[] checksums) {
      shardStepped(0, version, checksums);
    }

    @Override
    public void weights(
        int version, int chunk, float[] values, int from, int count, long checksum) {
      throw new IllegalStateException("the coordinator reads its own shard's weights itself");
    }

    @Override
    public void failed(String message) {
      post(() -> coordinator.fail(message));
    }
  }

  /** Speaks to all shards, this server's own among them. */
  private final class AllShards implements Shards {

    private final Shards others;

    AllShards(Shards others) {
      this.others = others;
    }

    @Override
    public void apply(RoundOrder order) {
      others.apply(order);
      if (!own.apply(order)) {
        throw new IllegalStateException(
            "the server's own chunks are not at version " + order.version());
      }
      mailbox.afterwards(own::proceed);
    }

    @Override
    public void sendWeights(int version) {
      others.sendWeights(version);
      own.sendWeights(version);
    }

    @Override
    public void collect(int version) {
      others.collect(version);
    }

    @Override
    public void finished(Outcome how) {
      others.finished(how);
    }

    @Override
    public void refuse(int shard, String why) {
      if (shard == 0) {
        throw new IllegalStateException(why);
      }
      others.refuse(shard, why);
    }
  }
}
