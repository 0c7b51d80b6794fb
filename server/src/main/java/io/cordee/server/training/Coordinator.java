package io.cordee.server.training;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Decides in synchronous training: when it begins, what workers are asked for, whether a round is
 * applied, when it is over, and how the job ends. Holds no chunk.
 *
 * <p>A round at version t: the team is asked to evaluate the test rows, if that is due, and to
 * compute every partition. As soon as the loss at version t is known, the stop conditions decide
 * whether the round is applied; if not, the weights at version t are the job's result. If it is,
 * the shards step and send their chunks, and when all stand at version t + 1, the round there
 * begins.
 *
 * <p>Runs in the mailbox of its training, but where a method says that any thread may call it.
 */
final class Coordinator implements Members.Progress, Ending.LastRound {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** A round is under way, and whether it is applied is still open. */
    MEASURING,
    /** The round is applied, chunk by chunk. */
    STEPPING,
    /** It is not; the final weights are evaluated. */
    EVALUATING_RESULT,
    /** The job is over; see {@link Ending}. */
    ENDING
  }

  private final RoundShard own;
  private final Shards shards;
  private final ShardBook book;
  private final TrainingListener listener;
  private final Roster roster;
  private final Members members;
  private final DataAgreement data;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final RoundLog log;
  private final Ending ending;

  // Written in the mailbox, read by any thread.
  private volatile Phase phase = Phase.GATHERING;

  // Of the current round.
  private int version;
  private boolean isApplied;
  private Reason stopReason;

  /**
   * @param own this server's own shard, one of {@code shards}
   */
  Coordinator(
      Job job,
      RoundShard own,
      Shards shards,
      ShardBook book,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers) {
    this.own = own;
    this.shards = shards;
    this.book = book;
    this.listener = listener;
    this.roster = new Roster(own.board().tree());
    this.data = new DataAgreement(job);
    this.evaluation = new RoundEvaluation(job, data);
    this.log = new RoundLog(job, listener, nanoTime);
    this.ending = new Ending(job, own, shards, book, roster, team, listener, log, this);
    this.leases =
        new LeaseManager(job, own, shards, book, evaluation, team, listener, nanoTime, roster);
    this.members =
        new Members(job, roster, data, team, listener, nanoTime, minWorkers, this, leases);
    leases.leaseTo(members);
    this.version = own.board().version();
    book.beginRound(version);
    book.stepped(0, version, own.board().checksums(), true);
    log.begin(version, book);
  }

  void expect(Columns columns) {
    data.expect(columns);
  }

  boolean isOver() {
    return ending.isOver();
  }

  Optional<Outcome> outcome() {
    return ending.outcome();
  }

  // ---- from the workers ----

  Members members() {
    return members;
  }

  /**
   * Whether a contribution is of any use now. Any thread may call.
   *
   * @throws IllegalArgumentException if it does not count the rows below its node, or there is none
   */
  boolean takes(Contribution contribution) {
    data.check(contribution, own.board().tree());
    return isInRound();
  }

  private boolean isInRound() {
    return phase == Phase.MEASURING || phase == Phase.STEPPING;
  }

  /** A worker has contributed this; its sums are in the shard's hands. */
  void contributed(WorkerId worker, int atVersion, int node, Tally tally) {
    if (!roster.has(worker) || !isInRound()) {
      return;
    }
    leases.contributed(worker, atVersion, node);
    if (atVersion == version && !Double.isFinite(tally.lossSum())) {
      fail(NotFinite.loss(atVersion, own.board().tree().span(node), worker));
    }
  }

  void evaluated(WorkerId worker, int atVersion, int slice, Tally tally) {
    if (roster.has(worker)
        && evaluation.isUnderWay()
        && !leases.isRefused(worker, atVersion, slice, tally)) {
      proceed();
    }
  }

  void differs(WorkerId worker, int atVersion, int chunk) {
    if (roster.has(worker) && phase != Phase.ENDING) {
      own.repair(worker, atVersion, chunk);
    }
  }

  void left(WorkerId worker) {
    own.forget(worker);
    members.left(worker);
  }

  void tick() {
    members.tick();
    if (phase != Phase.GATHERING && phase != Phase.ENDING) {
      leases.backUp();
    }
  }

  // ---- rounds ----

  private void beginTraining() {
    if (phase == Phase.GATHERING && book.areAllAt(version) && leases.activate()) {
      log.beginTraining(own.board().start().seconds());
      listener.started(roster.active().workers().size());
      leases.warnIfLossy();
      beginRound();
    }
  }

  private void beginRound() {
    phase = Phase.MEASURING;
    isApplied = false;
    book.beginRound(version);
    log.beginRound(version, book);
    evaluation.begin(version, log.isTimeUp());
    leases.begin(version, data.slices());
  }

  /** The loss at the version of the round is known. */
  void measured(Tally tally) {
    if (Double.isFinite(tally.lossSum())) {
      evaluation.measured(tally);
      proceed();
    } else {
      fail(NotFinite.loss(version));
    }
  }

  /** Goes on as far as possible. */
  private void proceed() {
    if (phase == Phase.MEASURING) {
      decide();
    }
    if (phase == Phase.STEPPING && !isApplied) {
      apply();
    }
    if (phase == Phase.STEPPING && book.areAllAt(version + 1) && evaluation.isDone()) {
      endRound();
    }
    if (phase == Phase.EVALUATING_RESULT && evaluation.isDone()) {
      end(Outcome.completed(version, stopReason));
    }
  }

  /** Decides once per round, as soon as all is known, whether the round is applied. */
  private void decide() {
    if (!evaluation.canDecide()) {
      return;
    }
    Optional<Reason> reason = evaluation.stopReason();
    if (reason.isEmpty()) {
      phase = Phase.STEPPING;
      return;
    }
    stopReason = reason.get();
    phase = Phase.EVALUATING_RESULT;
    leases.beginResult(evaluation.beginLast());
  }

  private void apply() {
    OptionalDouble norm = OptionalDouble.empty();
    if (own.board().needsNorm()) {
      if (!book.areAllSquared()) {
        return;
      }
      norm = OptionalDouble.of(Optimizer.norm(book.squares()));
    }
    isApplied = true;
    double now = log.seconds();
    boolean isKept = log.claimCheckpoint(version + 1, now);
    shards.apply(new RoundOrder(version, norm, evaluation.train().meanLoss(), now, isKept));
  }

  private void endRound() {
    leases.end(log.endRound(version, evaluation.train(), evaluation.result()));
    version++;
    own.moveTo(version);
    beginRound();
  }

  // ---- for members and the end ----

  @Override
  public boolean isGathering() {
    return phase == Phase.GATHERING;
  }

  @Override
  public boolean hasEnded() {
    return phase == Phase.ENDING;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public void prepared() {
    if (phase == Phase.GATHERING) {
      beginTraining();
    } else {
      leases.prepared();
    }
  }

  @Override
  public void publishResult() {
    book.put(0, own.board().checksums());
    log.publishResult(version, evaluation.train(), evaluation.result(), book);
  }

  // ---- the end ----

  void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(version)));
  }

  void broken(Throwable cause) {
    phase = Phase.ENDING;
    ending.broken(cause);
  }

  @Override
  public void fail(String message) {
    end(new Outcome.Failed(message));
  }

  private void end(Outcome how) {
    phase = Phase.ENDING;
    ending.begin(how);
  }

  // ---- from the shards ----

  void shardStepped(int shard, int atVersion, long[] checksums) {
    if (!isTaken(shard, () -> book.stepped(shard, atVersion, checksums, isGathering()))) {
      return;
    }
    if (shard > 0) {
      log.shardStands(shard, atVersion);
    }
    beginTraining();
    proceed();
  }

  void shardSquares(int shard, int atVersion, double[] squares) {
    if (isTaken(shard, () -> book.squares(shard, atVersion, squares))) {
      proceed();
    }
  }

  void shardWeights(int shard, int atVersion, int chunk, float[] values, long checksum) {
    if (ending.isCollecting()
        && isTaken(shard, () -> book.collect(atVersion, chunk, values, checksum))) {
      ending.collected();
    }
  }

  /** Whether what a shard reports is valid; if not, the shard is sent away. */
  private boolean isTaken(int shard, Runnable report) {
    try {
      report.run();
      return true;
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return false;
    }
  }

  void shardLacks(int shard) {
    if (phase == Phase.GATHERING) {
      phase = Phase.ENDING;
      ending.suspend("shard " + shard + " no longer has round " + version);
    }
  }

  void shardLost(int shard) {
    book.lost(shard);
    listener.shardLost(shard);
    if (phase != Phase.GATHERING) {
      phase = Phase.ENDING;
      ending.shardLost("shard " + shard + " is gone");
    }
  }
}
