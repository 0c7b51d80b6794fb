package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
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
  private final Coordinator coordinator;

  // Written by events, read by any thread.
  private volatile boolean isOver;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /** The whole vector and how many shards share it. */
  public record Whole(Chunks chunks, int shards) {}

  /**
   * @param board of this shard's own chunks
   * @param minWorkers how many the first round waits for
   * @param others orders the other shards
   */
  public LeadTraining(
      Surroundings around,
      RoundBoard board,
      int minWorkers,
      Consumer<ShardOrder> others,
      Whole whole) {
    this(around, board, minWorkers, others, whole, new Mailbox());
  }

  LeadTraining(
      Surroundings around,
      RoundBoard board,
      int minWorkers,
      Consumer<ShardOrder> others,
      Whole whole,
      Mailbox mailbox) {
    this.mailbox = mailbox;
    this.team = around.team();
    this.own =
        new RoundShard(around, board, this::heardOfOwn, mailbox::afterwards, 0, whole.chunks());
    Job job = around.job();
    Optional<Table> drawn = JobVector.of(job).drawn();
    ShardBook book =
        new ShardBook(
            whole.chunks(), whole.shards(), drawn, job.model(), Cadence.of(job)::isDigestDue);
    Consumer<ShardOrder> shards = others.andThen(own::take);
    this.coordinator =
        new Coordinator(around, own, shards, book, minWorkers, this::post, mailbox::afterwards);
    own.begin();
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

  /** A shard reports; see {@link ShardReport.Listener}. */
  public void heard(int shard, ShardReport report, Consumer<String> refuse) {
    post(() -> coordinator.heard(shard, report, refuse));
  }

  private void heardOfOwn(ShardReport report) {
    heard(
        0,
        report,
        why -> {
          throw new IllegalStateException(why);
        });
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

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    try {
      coordinator.check(ofChunks);
    } catch (IllegalArgumentException e) {
      own.drop(worker, ofChunks);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    coordinator.admission().contributed(worker, ofChunks);
  }
}
