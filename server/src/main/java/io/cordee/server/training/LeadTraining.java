package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Training on the only server of a job, or on shard 0 of several: a {@link Coordinator} and a
 * {@link RoundShard} of its own. Everything that has to be decided goes through a {@link Mailbox}
 * to the coordinator, whose {@link Admission} says what becomes of contributions.
 */
public final class LeadTraining implements Training {

  private final Mailbox mailbox;
  private final Team team;
  private final RoundShard own;
  private final Admission admission;
  private final Coordinator coordinator;

  // Written by events, read by any thread.
  private volatile boolean isOver;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /** The whole vector and how many shards share it. */
  public record Whole(Chunks chunks, int shards) {}

  /**
   * @param board of this shard's own chunks
   * @param minWorkers how many the first round waits for
   * @param others the other shards, which are ordered first
   */
  public LeadTraining(
      Surroundings around,
      RoundBoard board,
      int minWorkers,
      List<? extends ShardOrders> others,
      Whole whole) {
    this(around, board, minWorkers, others, whole, new Mailbox());
  }

  LeadTraining(
      Surroundings around,
      RoundBoard board,
      int minWorkers,
      List<? extends ShardOrders> others,
      Whole whole,
      Mailbox mailbox) {
    this.mailbox = mailbox;
    this.team = around.team();
    ShardReports ofOwn =
        reportsOf(
            0,
            why -> {
              throw new IllegalStateException(why);
            });
    this.own = new RoundShard(around, board, ofOwn, mailbox::afterwards, 0, whole.chunks());
    Job job = around.job();
    Optional<Table> drawn = JobVector.of(job).drawn();
    ShardBook book =
        new ShardBook(
            whole.chunks(), whole.shards(), drawn, job.model(), Cadence.of(job)::isDigestDue);
    List<ShardOrders> shards = new ArrayList<>(others);
    shards.add(own);
    TrainingParts parts = TrainingParts.of(around, own, shards, book, minWorkers);
    this.admission = admission(parts);
    this.coordinator = new Coordinator(around, parts, admission);
    own.begin();
  }

  private Admission admission(TrainingParts parts) {
    Mode mode = parts.job().mode();
    if (mode instanceof Mode.Sync) {
      return new SynchronousRounds(parts);
    }
    if (mode instanceof Mode.Async async) {
      return new BoundedStaleness(
          parts, async.staleness(), this::postAndProceed, mailbox::afterwards);
    }
    throw new IllegalStateException("no case for " + mode);
  }

  /**
   * @param found the rows that it was trained on; it accepts no others
   * @param best the best weights so far
   */
  public void resume(Found found, Optional<Best> best) {
    post(() -> coordinator.resume(found, best));
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
    post(() -> event.accept(coordinator));
  }

  /**
   * Returns where a shard reports, on any thread.
   *
   * @param refuse told why if the shard cannot have meant a report
   */
  public ShardReports reportsOf(int shard, Consumer<String> refuse) {
    return new Reports(shard, refuse);
  }

  /** Hears that another shard no longer has what the job begins with. */
  public void lacks(int shard) {
    post(() -> coordinator.lacks(shard));
  }

  /** Hears that the connection to another shard has ended. */
  public void lost(int shard) {
    post(() -> coordinator.lost(shard));
  }

  private final class Reports implements ShardReports {

    private final int shard;
    private final Consumer<String> refuse;

    Reports(int shard, Consumer<String> refuse) {
      this.shard = shard;
      this.refuse = refuse;
    }

    @Override
    public void measured(Tally tally) {
      post(() -> coordinator.measured(tally));
    }

    @Override
    public void squares(int version, double[] ofChunks) {
      post(() -> coordinator.squares(shard, version, ofChunks, refuse));
    }

    @Override
    public void stepped(int version, long[] checksums) {
      post(() -> coordinator.stepped(shard, version, checksums, refuse));
    }

    @Override
    public void weights(int version, int firstChunk, List<CollectedChunk> chunks) {
      post(() -> coordinator.weights(shard, version, firstChunk, chunks, refuse));
    }

    @Override
    public void failed(String message) {
      post(() -> coordinator.fail(message));
    }
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

  private void postAndProceed(BooleanSupplier event) {
    post(
        () -> {
          if (event.getAsBoolean()) {
            coordinator.proceed();
          }
        });
  }

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    try {
      coordinator.check(ofChunks);
    } catch (IllegalArgumentException e) {
      own.drop(worker, ofChunks);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    // Counted first: the sums may complete the round, which ends with all that was counted.
    post(() -> coordinator.contributed(worker, ofChunks));
    admission.reduce(worker, ofChunks);
  }
}
