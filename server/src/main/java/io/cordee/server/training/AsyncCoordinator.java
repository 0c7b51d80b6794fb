package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Decides in asynchronous training: which round each worker is in, which contributions are applied,
 * and how the job ends.
 *
 * <p>Used under the monitor of its training.
 */
final class AsyncCoordinator implements Members.Progress, Members.Schedule {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** Contributions are applied. */
    STEPPING,
    /** The final weights are measured. */
    MEASURING_RESULT,
    /** The workers are told; they leave. */
    ENDED
  }

  private final Job job;
  private final AsyncBoard board;
  private final Team team;
  private final TrainingListener listener;
  private final Roster roster;
  private final Members members;
  private final DataAgreement data;
  private final AsyncSchedule schedule;
  private final AsyncFigures figures;

  private Phase phase = Phase.GATHERING;
  private Optional<Outcome> outcome = Optional.empty();
  private Optional<Reason> stopReason = Optional.empty();
  private ResultMeasurement result;

  /**
   * @param staleness how many rounds a worker may be ahead of the slowest
   * @param nanoTime a clock, for the time limit and the figures of the metrics
   * @param minWorkers the first round waits for so many
   */
  AsyncCoordinator(
      Job job,
      int staleness,
      AsyncBoard board,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this.job = job;
    this.board = board;
    this.team = team;
    this.listener = listener;
    this.roster = new Roster(board.tree());
    this.data = new DataAgreement(job);
    this.members = new Members(job, roster, data, team, listener, nanoTime, minWorkers, this, this);
    this.schedule = new AsyncSchedule(job, staleness, board, team, roster, data);
    this.figures = new AsyncFigures(job, data, members.deadlines(), listener, nanoTime);
  }

  boolean isOver() {
    return phase == Phase.ENDED && roster.connected().isEmpty();
  }

  Optional<Outcome> outcome() {
    return outcome;
  }

  /** Where workers come, say what they find, prepare, and leave. */
  Members members() {
    return members;
  }

  /** How many training rows enter a round. */
  long batchRows() {
    return data.rowsOfRound();
  }

  // ---- the schedule of the members ----

  @Override
  public void prepared() {
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
      case ENDED -> {}
    }
  }

  private void start() {
    phase = Phase.STEPPING;
    figures.start();
    listener.started(roster.active().workers().size());
    listener.warned(
        "mode async: the weights depend on which worker is faster, so digests differ from run to run");
    schedule.restart();
    proceed();
  }

  /**
   * Checks that a contribution counts the rows below its node.
   *
   * @throws IllegalArgumentException if it does not
   */
  void check(Contribution contribution) {
    data.check(contribution, board.tree());
  }

  /** Whether the contribution is to be applied; the caller applies it then. */
  boolean claim(WorkerId worker, Contribution contribution) {
    boolean isAwaited = phase == Phase.STEPPING || phase == Phase.MEASURING_RESULT;
    if (!roster.has(worker) || !isAwaited) {
      return false;
    }
    members.contributed(worker);
    ReductionTree.Span span = board.tree().span(contribution.node());
    if (!Double.isFinite(contribution.tally().lossSum())) {
      fail(NotFinite.loss(contribution.version(), span, worker));
      return false;
    }
    if (phase == Phase.MEASURING_RESULT) {
      result.contributed(contribution.version(), contribution.node(), contribution.tally());
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
    // A worker that was left out meanwhile is in another round when it is back.
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

  void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    if (!roster.has(worker) || phase == Phase.ENDED || phase == Phase.GATHERING) {
      return;
    }
    try {
      data.checkSlice(slice, tally);
    } catch (IllegalArgumentException e) {
      team.expel(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    members.contributed(worker);
    if (phase == Phase.MEASURING_RESULT) {
      result.evaluated(version, slice, tally);
      completeIfMeasured();
      return;
    }
    var clock = schedule.of(worker).filter(c -> c.isBusy() && c.round() == version);
    if (clock.isPresent() && clock.get().takeSlice(slice)) {
      figures.evaluated(version, tally);
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
  public void fail(String message) {
    end(new Outcome.Failed(message));
  }

  @Override
  public boolean isGathering() {
    return phase == Phase.GATHERING;
  }

  @Override
  public boolean hasEnded() {
    return phase == Phase.ENDED;
  }

  @Override
  public int version() {
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
          case GATHERING, ENDED -> false;
        };
    return owes ? Member.Expected.A_CONTRIBUTION : Member.Expected.NOTHING;
  }

  void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(figures.finished())));
  }

  // ---- rounds ----

  /** Goes on as far as what has come in allows, after somebody has finished a round or left. */
  private void proceed() {
    boolean hasBegun = true;
    while (hasBegun) {
      schedule.finishRounds();
      figures.publishUntil(Math.min(schedule.slowest(), schedule.limit())).ifPresent(this::stop);
      hasBegun = members.areEnough() && schedule.beginRounds() || restart();
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

  /** If nobody is under way any more but others are prepared, they go on; whether they do. */
  private boolean restart() {
    if (!schedule.isEmpty() || !members.areEnough() || !roster.activate()) {
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
    result = new ResultMeasurement(schedule.limit(), board.tree(), data.slices());
    roster.activate();
    leaseResult();
  }

  private void leaseResult() {
    if (!members.areEnough()) {
      return;
    }
    result.lease(roster.active(), team, board.chunks().count(), board.hasOwnEvaluationPoint());
  }

  private void completeIfMeasured() {
    if (!result.isComplete()) {
      return;
    }
    figures.publish(result.train(), result.test(), board.digest(figures.finished()));
    end(Outcome.completed(figures.finished(), stopReason.orElse(Reason.ROUNDS)));
  }

  private void end(Outcome how) {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    board.freeze();
    outcome = Optional.of(keepWeights(how));
    for (WorkerId worker : roster.connected()) {
      team.finished(worker, outcome.get());
    }
  }

  private Outcome keepWeights(Outcome how) {
    try {
      return listener.ended(
          how, figures.finished(), board.digest(figures.finished()), Optional.of(board.weights()));
    } catch (RuntimeException | OutOfMemoryError e) {
      // Whatever it is, the workers have to be sent home.
      return how.then(Outcome.reason(e));
    }
  }
}
