package io.cordee.server.training;

import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Training in which every contribution is applied as it arrives.
 *
 * <p>Each worker counts rounds for itself: at round k it is sent every chunk in its current state,
 * labelled version k, and computes its partitions' part of batch k. As soon as a chunk has been
 * stepped by all that the worker owes of it, it is sent back labelled k + 1, provided that the
 * worker would not be further ahead of the slowest than the staleness allows; otherwise when the
 * slowest has caught up, in its state then.
 *
 * <p>What is measured of a round before the last is a mean over its contributions, each taken at
 * the weights that its worker held. When all rounds are over, the weights stand still and are
 * measured by everyone. A worker that leaves takes with it what it has not sent of the rounds under
 * way; later rounds share its partitions among the others. The same holds for one that does not
 * answer, until it does.
 */
public final class AsynchronousTraining implements Training {

  private final AsyncBoard board;
  private final Team team;
  private final RoundListener rounds;

  /** Used under this monitor; contributions are applied without it. */
  private final AsyncCoordinator coordinator;

  /**
   * @param staleness how many rounds a worker may be ahead of the slowest
   * @param minWorkers how many the first round waits for
   */
  public AsynchronousTraining(
      Surroundings around, int staleness, AsyncBoard board, int minWorkers) {
    this.team = around.team();
    this.rounds = around.rounds();
    this.board = board;
    this.coordinator = new AsyncCoordinator(around, staleness, board, minWorkers);
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
  public synchronized void tell(Consumer<? super TrainingEvents> event) {
    event.accept(coordinator);
  }

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {
    ofChunks.forEach(each -> apply(worker, each));
  }

  private void apply(WorkerId worker, Contribution contribution) {
    OptionalLong batchRows;
    try {
      contribution.check(board.chunks(), board.tree());
      synchronized (this) {
        batchRows = coordinator.claim(worker, contribution);
      }
    } catch (IllegalArgumentException e) {
      board.drop(contribution);
      team.expel(worker, "contribution refused: " + e.getMessage());
      return;
    }
    if (batchRows.isEmpty()) {
      rounds.dropped(worker);
      board.drop(contribution);
      return;
    }
    OptionalInt notFinite = board.apply(contribution, batchRows.getAsLong());
    synchronized (this) {
      coordinator.applied(worker, contribution, notFinite);
    }
  }
}
