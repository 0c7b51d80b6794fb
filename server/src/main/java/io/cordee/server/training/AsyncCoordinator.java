package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.proto.message.WorkerSays;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Decides in asynchronous training: which round each worker is in, which contributions are applied,
 * and how the job ends.
 *
 * <p>Used under the monitor of its training.
 */
final class AsyncCoordinator extends TeamCoordinator implements Schedule {

  private final AsyncBoard board;
  private final AsyncSchedule schedule;
  private final RoundLog log;
  private final AsyncFigures figures;

  private Optional<Outcome> outcome = Optional.empty();
  private Optional<Reason> stopReason = Optional.empty();
  private ResultMeasurement result;

  AsyncCoordinator(Surroundings around, int staleness, AsyncBoard board, int minWorkers) {
    super(around, board.tree(), minWorkers);
    this.board = board;
    this.schedule = new AsyncSchedule(around, roster, data, staleness, board);
    this.log = new RoundLog(around);
    this.figures = new AsyncFigures(data, deadlines, log);
  }

  @Override
  Optional<Outcome> outcome() {
    return outcome;
  }

  // ---- for the team ----

  @Override
  Schedule schedule() {
    return this;
  }

  @Override
  void goOnPrepared() {
    switch (phase) {
      case GATHERING -> {
        if (roster.activate()) {
          start();
        }
      }
      case STEPPING -> {
        if (schedule.isEmpty()) {
          proceed();
        }
      }
      case MEASURING_RESULT -> {
        if (result.hasOrphans() && roster.activate()) {
          leaseResult();
        }
      }
      case MEASURING, DECIDED, ENDING -> {}
    }
  }

  private void start() {
    phase = Phase.STEPPING;
    log.beginTraining(0);
    sayStarted();
    listener.warned(
        "mode async: the weights depend on which worker is faster, so digests differ from run to"
            + " run; no checkpoints are kept, so a server that dies takes the weights with it");
    schedule.restart();
    proceed();
  }

  /**
   * Decides whether a contribution is to be applied; the caller applies it then.
   *
   * @return how many training rows enter a round; empty if it is not to be applied
   * @throws IllegalArgumentException if it does not count the rows below its node
   */
  OptionalLong claim(WorkerId worker, Contribution contribution) {
    data.check(contribution, board.tree());
    return isClaimed(worker, contribution)
        ? OptionalLong.of(data.rowsOfRound())
        : OptionalLong.empty();
  }

  private boolean isClaimed(WorkerId worker, Contribution contribution) {
    boolean isAwaited = phase == Phase.STEPPING || phase == Phase.MEASURING_RESULT;
    if (!roster.has(worker) || !isAwaited) {
      return false;
    }
    contributed(worker);
    ReductionTree.Span span = board.tree().span(contribution.node());
    if (!Double.isFinite(contribution.tally().lossSum())) {
      fail(NotFinite.loss(contribution.version(), span, worker));
      return false;
    }
    if (phase == Phase.MEASURING_RESULT) {
      result.contributed(worker, contribution, clock.getAsLong());
      completeIfMeasured();
      return false;
    }
    Optional<WorkerClock> clock = schedule.of(worker).filter(WorkerClock::isBusy);
    int round = clock.map(WorkerClock::round).orElse(-1);
    if (contribution.version() > Math.max(round, schedule.furthest())) {
      team.expel(
          worker,
          "contribution refused: it has not been asked for version " + contribution.version());
      return false;
    }
    return round == contribution.version() && clock.get().take(contribution.chunk(), span);
  }

  /** A contribution that was claimed has been applied, unless a sum is not finite. */
  void applied(WorkerId worker, Contribution contribution, OptionalInt notFinite) {
    int chunk = contribution.chunk();
    int round = contribution.version();
    if (phase != Phase.STEPPING) {
      return;
    }
    if (notFinite.isPresent()) {
      ReductionTree.Span span = board.tree().span(contribution.node());
      fail(NotFinite.sum(round, span, worker, job, notFinite.getAsInt()));
      return;
    }
    if (chunk == 0) {
      figures.contributed(round, contribution.tally());
    }
    // A worker that was left out meanwhile is in another round when it returns.
    Optional<WorkerClock> clock = schedule.of(worker).filter(c -> c.round() == round);
    if (clock.isEmpty()) {
      return;
    }
    clock.get().applied(chunk);
    if (clock.get().isFinished()) {
      proceed();
    } else {
      schedule.sendAhead(worker, chunk);
    }
  }

  @Override
  void measured(WorkerId worker, int version, int slice, Tally tally) {
    if (phase == Phase.MEASURING_RESULT) {
      result.evaluated(worker, version, slice, tally, clock.getAsLong());
      completeIfMeasured();
      return;
    }
    var clock = schedule.of(worker).filter(c -> c.isBusy() && c.round() == version);
    if (clock.isPresent() && clock.get().takeSlice(slice)) {
      figures.evaluated(version, slice, tally);
      if (clock.get().isFinished()) {
        proceed();
      }
    }
  }

  @Override
  public void release(WorkerId worker) {
    if (phase == Phase.MEASURING_RESULT) {
      result.release(worker);
    }
    schedule.remove(worker);
  }

  @Override
  public void regrouped() {
    if (phase == Phase.STEPPING) {
      proceed();
    }
  }

  @Override
  int version() {
    return figures.finished();
  }

  @Override
  public OptionalLong usual() {
    return OptionalLong.empty();
  }

  @Override
  public Member.Expected expected(WorkerId worker) {
    boolean owes =
        switch (phase) {
          case STEPPING -> schedule.of(worker).filter(WorkerClock::isBusy).isPresent();
          case MEASURING_RESULT -> result.isOwedBy(worker);
          case GATHERING, MEASURING, DECIDED, ENDING -> false;
        };
    return owes ? Member.Expected.A_CONTRIBUTION : Member.Expected.NOTHING;
  }

  @Override
  void aboutChunks(WorkerId worker, WorkerSays said) {
    team.expel(worker, "chunks of asynchronous training are sent whole, and are not replayed");
  }

  @Override
  public void broken(Throwable cause) {
    fail(Outcome.reason(cause));
  }

  @Override
  public void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(figures.finished())));
  }

  // ---- rounds ----

  /** Proceeds as far as possible, after a worker has finished a round or left. */
  private void proceed() {
    boolean hasBegun = true;
    while (hasBegun) {
      schedule.finishRounds();
      figures.publishUntil(Math.min(schedule.slowest(), schedule.limit())).ifPresent(this::stop);
      hasBegun = roster.areEnough() && schedule.beginRounds() || restart();
    }
    if (schedule.isOver()) {
      measureResult();
    } else {
      schedule.sendAhead();
    }
  }

  private void stop(Reason why) {
    if (stopReason.isEmpty()) {
      stopReason = Optional.of(why);
      schedule.beginNoMore();
    }
  }

  /** If no worker is under way but others are prepared, has them continue; whether it did. */
  private boolean restart() {
    if (!schedule.isEmpty() || !roster.areEnough() || !roster.activate()) {
      return false;
    }
    schedule.restart();
    return true;
  }

  // ---- the end ----

  private void measureResult() {
    phase = Phase.MEASURING_RESULT;
    // A contribution of a worker that has left may still be on its way.
    board.freeze();
    result = new ResultMeasurement(schedule.limit(), board, job, data, roster);
    roster.activate();
    leaseResult();
  }

  private void leaseResult() {
    if (!roster.areEnough()) {
      return;
    }
    result.lease(roster, team, clock.getAsLong());
  }

  private void completeIfMeasured() {
    if (!result.isComplete()) {
      if (result.hasOrphans()) {
        leaseResult();
      }
      return;
    }
    figures.publish(result.train(), result.evaluated(), board.digest(figures.finished()));
    end(Outcome.completed(figures.finished(), stopReason.orElse(Reason.ROUNDS)));
  }

  @Override
  void end(Outcome how) {
    if (phase == Phase.ENDING) {
      return;
    }
    phase = Phase.ENDING;
    board.freeze();
    outcome = Optional.of(how.by(this::keepWeights));
    sendHome(outcome.get());
  }

  private Outcome keepWeights(Outcome how) {
    return listener.ended(
        how,
        figures.finished(),
        board.digest(figures.finished()),
        Optional.of(List.of(board.weights())));
  }
}
