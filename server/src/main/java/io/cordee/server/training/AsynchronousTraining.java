package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Layout;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.Vector;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
  private final Course course;

  private Phase phase = Phase.GATHERING;
  private Optional<Outcome> outcome = Optional.empty();
  private Reason stopReason = Reason.ROUNDS;
  private ResultMeasurement result;

  /** Written before the first lease. */
  private volatile long batchRows;

  // Of the rounds that are not over: what their contributions and test slices have counted.
  private final Map<Integer, Tally> train = new HashMap<>();
  private final Map<Integer, Tally> test = new HashMap<>();
  private int finishedRounds;
  private long trainingStart;
  private long roundStart;
  private OptionalDouble rowsPerSecond = OptionalDouble.empty();

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
    this.course = new Course(staleness, job.stop().rounds(), board.chunks().count());
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
        if (course.isEmpty()) {
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
    trainingStart = nanoTime.getAsLong();
    roundStart = trainingStart;
    batchRows = data.rowsOfRound();
    listener.started(roster.active().workers().size());
    listener.warned(
        "mode async: the weights depend on which worker is faster, so digests differ from run to run");
    course.restart(roster::active);
    proceed();
  }

  @Override
  public synchronized void subscribed(WorkerId worker) {
    team.expel(worker, "chunks are sent with the first lease; nothing is to be asked for");
  }

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {
    try {
      check(contribution);
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

  private void check(Contribution contribution) {
    int chunk = contribution.chunk();
    if (chunk < 0 || chunk >= board.chunks().count()) {
      throw new IllegalArgumentException(
          "chunk must be 0 to " + (board.chunks().count() - 1) + "; found " + chunk);
    }
    int expected = board.chunks().contributionSize(chunk);
    if (contribution.sums().length != expected) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + expected + " floats; found " + contribution.sums().length);
    }
    board.tree().span(contribution.node());
    if (contribution.version() < 0) {
      throw new IllegalArgumentException(
          "versions count from 0; found version " + contribution.version());
    }
    data.check(contribution, board.tree());
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
    Optional<Pace> pace = course.of(worker).filter(Pace::isBusy);
    int clock = pace.map(Pace::clock).orElse(-1);
    if (contribution.version() > Math.max(clock, course.furthest())) {
      team.expel(
          worker,
          "contribution refused: it has not been asked for version " + contribution.version());
      return false;
    }
    return clock == contribution.version() && pace.get().take(contribution.chunk(), span);
  }

  private synchronized void applied(
      WorkerId worker, Contribution contribution, OptionalInt notFinite) {
    int chunk = contribution.chunk();
    int clock = contribution.version();
    if (phase != Phase.STEPPING) {
      return;
    }
    if (notFinite.isPresent()) {
      ReductionTree.Span span = board.tree().span(contribution.node());
      fail(
          String.format(
              "round %d: the sum over partitions %d to %d, from %s, is not finite in %s, parameter %d; a smaller learning rate or step may help",
              clock + 1,
              span.from(),
              span.to() - 1,
              worker,
              Layout.of(job.model()).tensorAt(notFinite.getAsInt()).name(),
              notFinite.getAsInt()));
      return;
    }
    if (chunk == 0 && clock >= finishedRounds) {
      train.merge(clock, contribution.tally(), Tally::plus);
    }
    Optional<Pace> pace = course.of(worker);
    if (pace.isEmpty()) {
      return;
    }
    pace.get().applied(chunk);
    if (pace.get().isFinished()) {
      proceed();
    } else if (pace.get().isApplied(chunk) && course.mayBegin(clock + 1)) {
      send(worker, pace.get(), clock + 1, chunk);
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
    Optional<Pace> pace = course.of(worker).filter(p -> p.isBusy() && p.clock() == version);
    if (pace.isPresent() && pace.get().takeSlice(slice)) {
      test.merge(version, tally, Tally::plus);
      if (pace.get().isFinished()) {
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
    course.remove(worker);
  }

  /** Goes on with those who are there now. */
  private void regroup() {
    replan();
    if (phase == Phase.GATHERING) {
      return;
    }
    attendance.count(finishedRounds + 1, nanoTime.getAsLong());
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
        attendance.leaveOut(this::expected, OptionalLong.empty(), finishedRounds + 1, now);
    if (!expired.isEmpty()) {
      expired.forEach(this::release);
      regroup();
    }
    attendance.gaveUp(finishedRounds, now).ifPresent(this::fail);
  }

  private Attendance.Expected expected(WorkerId worker) {
    boolean owes =
        switch (phase) {
          case STEPPING -> course.of(worker).filter(Pace::isBusy).isPresent();
          case MEASURING_RESULT -> result.isOwedBy(worker);
          case GATHERING, ENDED -> false;
        };
    return owes ? Attendance.Expected.A_CONTRIBUTION : Attendance.Expected.NOTHING;
  }

  @Override
  public synchronized void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(finishedRounds)));
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
      course.workers().stream()
          .map(worker -> course.of(worker).orElseThrow())
          .filter(Pace::isFinished)
          .forEach(Pace::finish);
      publishFinishedRounds();
      hasBegun = beginWhatMayBegin() || restart();
    }
    if (course.isOver()) {
      measureResult();
    } else {
      sendAhead();
    }
  }

  /** If nobody is under way any more but others are prepared, they go on; whether they do. */
  private boolean restart() {
    if (!course.isEmpty() || !attendance.isEnough() || !roster.activate()) {
      return false;
    }
    course.restart(roster::active);
    return true;
  }

  /** Whether anything came of it. */
  private boolean beginWhatMayBegin() {
    boolean hasBegun = false;
    for (WorkerId worker : attendance.isEnough() ? course.workers() : List.<WorkerId>of()) {
      Pace pace = course.of(worker).orElseThrow();
      if (!pace.isBusy() && course.mayBegin(pace.clock())) {
        begin(worker, pace);
        hasBegun = true;
      }
    }
    return hasBegun;
  }

  private void begin(WorkerId worker, Pace pace) {
    int clock = pace.clock();
    Plan plan = course.planOf(clock, this::currentPlan);
    BitSet partitions = plan.holding(worker);
    if (partitions.isEmpty()) {
      course.remove(worker);
      return;
    }
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      send(worker, pace, clock, chunk);
    }
    BitSet slices = slicesDue(clock, partitions);
    pace.begin(partitions, slices);
    if (!slices.isEmpty()) {
      if (board.hasOwnEvaluationPoint()) {
        for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
          team.chunk(worker, clock, Vector.WEIGHTS, chunk);
        }
      }
      team.evaluate(worker, clock, slices);
    }
    team.lease(worker, clock, partitions);
  }

  private Plan currentPlan() {
    roster.activate();
    return roster.active();
  }

  /** What others' progress allows to be sent of rounds to come. */
  private void sendAhead() {
    for (WorkerId worker : course.workers()) {
      Pace pace = course.of(worker).orElseThrow();
      int next = pace.clock() + 1;
      if (pace.isBusy() && course.mayBegin(next)) {
        for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
          if (pace.isApplied(chunk)) {
            send(worker, pace, next, chunk);
          }
        }
      }
    }
  }

  /** Nothing is sent twice for a round: a worker may have begun to compute with what it has. */
  private void send(WorkerId worker, Pace pace, int clock, int chunk) {
    if (pace.claimSending(chunk)) {
      course.reaches(clock);
      team.chunk(worker, clock, Vector.EVALUATION_POINT, chunk);
    }
  }

  private BitSet slicesDue(int clock, BitSet partitions) {
    BitSet slices = new BitSet();
    if (job.data().test().isPresent() && clock % job.evaluateEvery() == 0) {
      slices.or(partitions);
      slices.clear(data.slices(), Math.max(data.slices(), slices.length()));
    }
    return slices;
  }

  private void publishFinishedRounds() {
    int until = Math.min(course.slowest(), course.limit());
    for (; finishedRounds < until; finishedRounds++) {
      Optional<Tally> counted = Optional.ofNullable(train.remove(finishedRounds));
      Optional<Tally> tested =
          Optional.ofNullable(test.remove(finishedRounds))
              .filter(tally -> tally.rows() == data.agreed().orElseThrow().testRows());
      // Of a round whose workers have all left there may be nothing to tell.
      if (counted.isPresent() && counted.get().rows() > 0) {
        publish(counted.get(), tested, "");
        decide(counted.get(), tested);
      }
    }
  }

  private void publish(Tally counted, Optional<Tally> tested, String digest) {
    listener.measured(
        new Measurement(
            finishedRounds,
            counted,
            tested,
            (roundStart - trainingStart) / 1e9,
            rowsPerSecond,
            digest));
    long now = nanoTime.getAsLong();
    deadlines.roundTook(now - roundStart);
    rowsPerSecond = OptionalDouble.of(counted.rows() / Math.max(1e-9, (now - roundStart) / 1e9));
    roundStart = now;
  }

  /** Whether the job ends with the rounds under way. Only whole rounds can tell. */
  private void decide(Tally counted, Optional<Tally> tested) {
    OptionalDouble wanted = job.stop().accuracy();
    boolean isAccurate =
        wanted.isPresent() && tested.isPresent() && tested.get().accuracy() >= wanted.getAsDouble();
    boolean isTimeUp =
        job.stop().minutes().isPresent()
            && roundStart - trainingStart >= job.stop().minutes().getAsDouble() * 60e9;
    Optional<Reason> reason =
        isAccurate
            ? Optional.of(Reason.ACCURACY)
            : Optional.of(counted)
                .filter(tally -> tally.rows() == batchRows)
                .flatMap(tally -> job.stop().metBy(finishedRounds, tally))
                .or(() -> isTimeUp ? Optional.of(Reason.MINUTES) : Optional.empty());
    if (reason.isPresent() && stopReason == Reason.ROUNDS) {
      stopReason = reason.get();
      course.beginNoMore();
    }
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
    result = new ResultMeasurement(course.limit(), board.tree(), data.slices());
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
    publish(result.train(), result.test(), board.digest(finishedRounds));
    end(Outcome.completed(finishedRounds, stopReason));
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
          how, finishedRounds, board.digest(finishedRounds), Optional.of(board.weights()));
    } catch (RuntimeException | OutOfMemoryError e) {
      // Whatever it is, the workers have to be sent home.
      return how.then(Outcome.reason(e));
    }
  }
}
