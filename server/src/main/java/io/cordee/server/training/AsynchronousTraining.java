package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
  private final LongSupplier nanoTime;
  private final int minWorkers;
  private final Roster roster;
  private final Membership membership;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final Attendance attendance;
  private final AsyncSchedule schedule;
  private final AsyncFigures figures;

  private Phase phase = Phase.GATHERING;
  private Optional<Outcome> outcome = Optional.empty();
  private Optional<Reason> stopReason = Optional.empty();
  private ResultMeasurement result;

  /** Written before the first lease. */
  private volatile long batchRows;

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
    this.job = job;
    this.board = board;
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.minWorkers = Math.max(minWorkers, job.team().minWorkers());
    this.roster = new Roster(board.tree());
    this.membership = new Membership(job, roster, team, listener);
    this.data = membership.data();
    this.deadlines = new Deadlines(job.team());
    this.attendance = new Attendance(roster, deadlines, listener);
    this.schedule = new AsyncSchedule(job, staleness, board, team, roster, data);
    this.figures = new AsyncFigures(job, data, deadlines, listener, nanoTime);
  }

  @Override
  public synchronized boolean isOver() {
    return phase == Phase.ENDED && roster.connected().isEmpty();
  }

  @Override
  public synchronized Optional<Outcome> outcome() {
    return outcome;
  }

  // ---- what workers say ----

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    membership.join(worker, threads, outcome);
  }

  @Override
  public synchronized void heard(WorkerId worker) {
    heard(worker, false);
  }

  private void heard(WorkerId worker, boolean isContribution) {
    if (roster.has(worker)
        && phase != Phase.ENDED
        && attendance.heard(worker, isContribution, nanoTime.getAsLong())) {
      regroup();
    }
  }

  @Override
  public synchronized void foundData(WorkerId worker, DataFound found) {
    if (phase == Phase.ENDED) {
      return;
    }
    heard(worker, false);
    if (membership.admit(worker, found)) {
      regroup();
    }
  }

  @Override
  public synchronized void prepared(WorkerId worker, int plan) {
    if (phase == Phase.ENDED) {
      return;
    }
    heard(worker, false);
    if (!membership.prepare(worker, plan)) {
      return;
    }
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
    batchRows = data.rowsOfRound();
    listener.started(roster.active().workers().size());
    listener.warned(
        "mode async: the weights depend on which worker is faster, so digests differ from run to run");
    schedule.restart();
    proceed();
  }

  @Override
  public synchronized void subscribed(WorkerId worker) {
    team.expel(worker, "chunks are sent with the first lease; nothing is to be asked for");
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    try {
      contribution.check(board.chunks(), board.tree());
      data.check(contribution, board.tree());
    } catch (IllegalArgumentException e) {
      board.drop(contribution);
      refuse(worker, e);
      return;
    }
    if (!take(worker, contribution)) {
      listener.dropped(worker);
      board.drop(contribution);
      return;
    }
    OptionalInt notFinite = board.apply(contribution, batchRows);
    applied(worker, contribution, notFinite);
  }

  private synchronized void refuse(WorkerId worker, IllegalArgumentException why) {
    team.expel(worker, "contribution refused: " + why.getMessage());
  }

  /** Whether the contribution is to be applied, for which this call is the only chance. */
  private synchronized boolean take(WorkerId worker, Contribution contribution) {
    boolean isAwaited = phase == Phase.STEPPING || phase == Phase.MEASURING_RESULT;
    if (!roster.has(worker) || !isAwaited) {
      return false;
    }
    heard(worker, true);
    ReductionTree.Span span = board.tree().span(contribution.node());
    if (!Double.isFinite(contribution.tally().lossSum())) {
      fail(
          String.format(
              "round %d: the loss over partitions %d to %d, from %s, is not finite; a smaller learning rate or step may help",
              contribution.version() + 1, span.from(), span.to() - 1, worker));
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

  private synchronized void applied(
      WorkerId worker, Contribution contribution, OptionalInt notFinite) {
    int chunk = contribution.chunk();
    int round = contribution.version();
    if (phase != Phase.STEPPING) {
      return;
    }
    if (notFinite.isPresent()) {
      ReductionTree.Span span = board.tree().span(contribution.node());
      fail(
          String.format(
              "round %d: the sum over partitions %d to %d, from %s, is not finite in %s, parameter %d; a smaller learning rate or step may help",
              round + 1,
              span.from(),
              span.to() - 1,
              worker,
              Layout.of(job.model()).tensorAt(notFinite.getAsInt()).name(),
              notFinite.getAsInt()));
      return;
    }
    if (chunk == 0) {
      figures.contributed(round, contribution.tally());
    }
    Optional<WorkerClock> clock = schedule.of(worker);
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
  public synchronized void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    if (!roster.has(worker) || phase == Phase.ENDED || phase == Phase.GATHERING) {
      return;
    }
    try {
      data.checkSlice(slice, tally);
    } catch (IllegalArgumentException e) {
      team.expel(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    heard(worker, true);
    if (phase == Phase.MEASURING_RESULT) {
      result.evaluated(version, slice, tally);
      completeIfMeasured();
      return;
    }
    Optional<WorkerClock> clock =
        schedule.of(worker).filter(c -> c.isBusy() && c.round() == version);
    if (clock.isPresent() && clock.get().takeSlice(slice)) {
      figures.evaluated(version, tally);
      if (clock.get().isFinished()) {
        proceed();
      }
    }
  }

  @Override
  public synchronized void differs(WorkerId worker, int version, int chunk) {
    if (roster.has(worker) && phase != Phase.ENDED) {
      team.expel(worker, "there is no replica of a chunk " + chunk + " that could differ");
    }
  }

  @Override
  public synchronized void failed(WorkerId worker, String message) {
    membership.fail(worker, message, phase == Phase.GATHERING).ifPresent(this::fail);
  }

  @Override
  public synchronized void left(WorkerId worker) {
    if (!roster.remove(worker) || phase == Phase.ENDED) {
      return;
    }
    membership.leave(worker, phase == Phase.GATHERING);
    attendance.left(worker);
    release(worker);
    regroup();
  }

  /** Nothing is to be expected of the worker any more. */
  private void release(WorkerId worker) {
    if (phase == Phase.MEASURING_RESULT) {
      result.release(worker);
    }
    schedule.remove(worker);
  }

  /** Goes on with those who are there now. */
  private void regroup() {
    replan();
    if (phase == Phase.GATHERING) {
      return;
    }
    attendance.count(figures.finished() + 1, nanoTime.getAsLong());
    if (phase == Phase.STEPPING) {
      proceed();
    }
  }

  @Override
  public synchronized void tick() {
    if (phase == Phase.ENDED) {
      return;
    }
    long now = nanoTime.getAsLong();
    List<WorkerId> expired =
        attendance.leaveOut(this::expected, OptionalLong.empty(), figures.finished() + 1, now);
    if (!expired.isEmpty()) {
      expired.forEach(this::release);
      regroup();
    }
    attendance.gaveUp(figures.finished(), now).ifPresent(this::fail);
  }

  private Attendance.Expected expected(WorkerId worker) {
    boolean owes =
        switch (phase) {
          case STEPPING -> schedule.of(worker).filter(WorkerClock::isBusy).isPresent();
          case MEASURING_RESULT -> result.isOwedBy(worker);
          case GATHERING, ENDED -> false;
        };
    return owes ? Attendance.Expected.A_CONTRIBUTION : Attendance.Expected.NOTHING;
  }

  @Override
  public synchronized void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(figures.finished())));
  }

  @Override
  public synchronized void broken(Throwable cause) {
    fail(Outcome.reason(cause));
  }

  // ---- rounds ----

  /** Goes on as far as what has come in allows, after somebody has finished a round or left. */
  private void proceed() {
    boolean hasBegun = true;
    while (hasBegun) {
      schedule.finishRounds();
      figures.publishUntil(Math.min(schedule.slowest(), schedule.limit())).ifPresent(this::stop);
      hasBegun = attendance.isEnough() && schedule.beginRounds() || restart();
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
    if (!schedule.isEmpty() || !attendance.isEnough() || !roster.activate()) {
      return false;
    }
    schedule.restart();
    return true;
  }

  // ---- leases ----

  private void replan() {
    int needed = phase == Phase.GATHERING ? minWorkers : 1;
    if (roster.ready().size() < needed) {
      roster.forgetPending();
      return;
    }
    attendance.planned(nanoTime.getAsLong());
    Plan plan = roster.plan();
    listener.planned(plan);
    for (WorkerId worker : plan.workers()) {
      team.prepare(worker, plan.number(), plan.holding(worker));
    }
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
    if (!attendance.isEnough()) {
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

  private void fail(String message) {
    end(new Outcome.Failed(message));
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
