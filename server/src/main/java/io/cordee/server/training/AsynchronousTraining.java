package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Training in which every contribution is applied as it comes.
 *
 * <p>Each worker counts rounds for itself: at round k it is sent every chunk as it stands, labelled
 * version k, and computes its partitions' part of batch k. As soon as a chunk has been stepped by
 * all that the worker owes of it, it is sent back labelled k + 1, provided that the worker would
 * not be further ahead of the slowest than the staleness allows; otherwise when the slowest has
 * caught up, as it stands then.
 *
 * <p>What is measured of a round before the last is a mean over its contributions, each taken at
 * the weights that its worker held. When all rounds are over, the weights stand still and are
 * measured by everyone. A worker that leaves takes with it what it has not sent of the rounds under
 * way; rounds that begin later share its partitions among the others. So does one that does not
 * answer, until it does.
 */
public final class AsynchronousTraining implements Training {

  private final AsyncBoard board;
  private final Team team;
  private final TrainingListener listener;

  /** Used under this monitor; contributions are applied without it. */
  private final AsyncCoordinator coordinator;

  private final Members members;

  /**
   * @param staleness how many rounds a worker may be ahead of the slowest
   * @param nanoTime a clock, for the time limit and the figures of the metrics
   * @param minWorkers the first round waits for so many
   */
  public AsynchronousTraining(
      Job job,
      int staleness,
      AsyncBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this.board = board;
    this.team = team;
    this.listener = listener;
    this.coordinator =
        new AsyncCoordinator(job, staleness, board, team, listener, nanoTime, minWorkers);
    this.members = coordinator.members();
  }

  @Override
  public synchronized boolean isOver() {
    return coordinator.isOver();
  }

  @Override
  public synchronized Optional<Outcome> outcome() {
    return coordinator.outcome();
  }

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    members.joined(worker, threads, coordinator.outcome());
  }

  @Override
  public synchronized void heard(WorkerId worker) {
    members.heard(worker);
  }

  @Override
  public synchronized void foundData(WorkerId worker, DataFound found) {
    members.foundData(worker, found);
  }

  @Override
  public synchronized void prepared(WorkerId worker, int plan) {
    members.prepared(worker, plan);
  }

  @Override
  public void subscribed(WorkerId worker) {
    team.expel(worker, "chunks are sent with the first lease; there is nothing to subscribe to");
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    long batchRows;
    try {
      contribution.check(board.chunks(), board.tree());
      synchronized (this) {
        coordinator.check(contribution);
        batchRows = coordinator.claim(worker, contribution) ? coordinator.batchRows() : 0;
      }
    } catch (IllegalArgumentException e) {
      board.drop(contribution);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    if (batchRows == 0) {
      listener.dropped(worker);
      board.drop(contribution);
      return;
    }
    OptionalInt notFinite = board.apply(contribution, batchRows);
    synchronized (this) {
      coordinator.applied(worker, contribution, notFinite);
    }
  }

  @Override
  public synchronized void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    coordinator.evaluated(worker, version, slice, tally);
  }

  @Override
  public void differs(WorkerId worker, int version, int chunk) {
    team.expel(worker, "there is no replica of a chunk " + chunk + " that could differ");
  }

  @Override
  public synchronized void failed(WorkerId worker, String message) {
    members.failed(worker, message);
  }

  @Override
  public synchronized void left(WorkerId worker) {
    members.left(worker);
  }

  @Override
  public synchronized void tick() {
    members.tick();
  }

  @Override
  public synchronized void interrupt(String why) {
    coordinator.interrupt(why);
  }

  @Override
  public synchronized void broken(Throwable cause) {
    coordinator.fail(Outcome.reason(cause));
  }
}
