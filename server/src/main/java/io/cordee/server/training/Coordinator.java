package io.cordee.server.training;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.model.Words;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
final class Coordinator implements Members.Schedule, Ending.LastRound {

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

  private final Job job;
  private final RoundShard own;
  private final Shards shards;
  private final ShardBook book;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final Roster roster;
  private final Members members;
  private final DataAgreement data;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final RoundLog log;
  private final Ending ending;

  /** Written in the mailbox, read by any thread. */
  private volatile Phase phase = Phase.GATHERING;

  // Of the current round.
  private int version;
  private Optional<Tally> measured = Optional.empty();
  private boolean isApplied;
  private String digest;
  private Reason stopReason;

  /**
   * @param own this server's own shard, whose weights and coverage are read
   * @param shards all shards, that one among them
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
    this.job = job;
    this.own = own;
    this.shards = shards;
    this.book = book;
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.roster = new Roster(own.board().tree());
    this.members = new Members(job, roster, team, listener, nanoTime, minWorkers, this);
    this.data = members.data();
    this.evaluation = new RoundEvaluation(job, data);
    this.log = new RoundLog(job, listener, nanoTime);
    this.ending = new Ending(job, own, shards, book, roster, team, listener, this);
    this.leases =
        new LeaseManager(job, own, shards, book, evaluation, team, listener, nanoTime, members);
    this.version = own.board().version();
    book.stepped(0, version, own.board().checksums());
    this.digest = book.digest(version);
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

  private boolean isUnderWay() {
    return phase != Phase.GATHERING && phase != Phase.ENDING;
  }

  // ---- from the workers ----

  /** Where workers come, say what they find, prepare, and leave. */
  Members members() {
    return members;
  }

  /** Whether contributions are of any use now. Any thread may call. */
  boolean takesContributions() {
    return phase == Phase.MEASURING || phase == Phase.STEPPING;
  }

  /**
   * Checks that a contribution counts the rows below its node. Any thread may call.
   *
   * @throws IllegalArgumentException if it does not, or there is no such node
   */
  void check(Contribution contribution) {
    data.check(contribution, own.board().tree());
  }

  /** A worker has contributed this; its sums are in the shard's hands. */
  void contributed(WorkerId worker, int atVersion, int node, Tally tally) {
    if (!roster.has(worker) || !takesContributions()) {
      return;
    }
    ReductionTree.Span span = own.board().tree().span(node);
    leases.contributed(worker, atVersion, span.size());
    listener.arrived(worker, atVersion, node, nanoTime.getAsLong());
    if (!Double.isFinite(tally.lossSum())) {
      fail(
          String.format(
              "round %d: the loss over partitions %d to %d, from %s, is not finite; a smaller learning rate or step may help",
              atVersion + 1, span.from(), span.to() - 1, worker));
    }
  }

  void evaluated(WorkerId worker, int atVersion, int slice, Tally tally) {
    if (!roster.has(worker) || !evaluation.isUnderWay()) {
      return;
    }
    try {
      evaluation.offer(atVersion, slice, tally);
    } catch (IllegalArgumentException e) {
      team.expel(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    leases.contributed(worker, atVersion, 1);
    listener.arrived(worker, atVersion, RoundListener.EVALUATION, nanoTime.getAsLong());
    proceed();
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
    if (isUnderWay()) {
      leases.backUp();
    }
  }

  // ---- rounds ----

  private void beginTraining() {
    int start = own.board().start().version();
    if (phase == Phase.GATHERING && book.areAllAt(start) && leases.activate()) {
      log.beginTraining(own.board().start().seconds());
      listener.started(roster.active().workers().size());
      if (job.wire().uplink().isLossy()) {
        listener.warned(
            "uplink "
                + Words.of(job.wire().uplink())
                + " is lossy: digests are reproducible only with the same workers, as long as none"
                + " joins, leaves or is left out; a round waits for its slowest worker");
      }
      beginRound();
    }
  }

  private void beginRound() {
    phase = Phase.MEASURING;
    measured = Optional.empty();
    isApplied = false;
    book.beginRound();
    log.beginRound(version);
    digest = job.digestEvery() > 0 && version % job.digestEvery() == 0 ? book.digest(version) : "";
    evaluation.begin(version, log.isTimeUp());
    leases.begin(version, data.slices());
  }

  /** The loss at a version is known. */
  void measured(int atVersion, Tally tally) {
    if (atVersion == version) {
      measured = Optional.of(tally);
      proceed();
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
    if (measured.isEmpty() || !evaluation.canDecide()) {
      return;
    }
    Optional<Reason> reason = evaluation.stopReason(measured.get());
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
    shards.apply(new RoundOrder(version, norm, measured.get().meanLoss(), now, isKept));
  }

  private void endRound() {
    leases.end(log.endRound(version, measured.orElseThrow(), evaluation.result(), digest));
    version++;
    own.moveTo(version);
    beginRound();
  }

  // ---- what members and the end have to know ----

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
  public Member.Expected expected(WorkerId worker) {
    return leases.expected(worker);
  }

  @Override
  public OptionalLong usual() {
    return leases.usual();
  }

  @Override
  public void release(WorkerId worker) {
    leases.release(worker);
  }

  @Override
  public void regrouped() {
    leases.leaseWhatNobodyHolds();
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
  public double seconds() {
    return log.seconds();
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public void publish() {
    if (digest.isEmpty()) {
      book.put(0, own.board().checksums());
      digest = book.digest(version);
    }
    log.publish(version, measured.orElseThrow(), evaluation.result(), digest);
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

  /** All chunks of a shard stand at this version; at 0, it has joined. */
  void shardStepped(int shard, int atVersion, long[] checksums) {
    try {
      if (phase == Phase.GATHERING) {
        requireCurrent(atVersion, "chunks");
      }
      book.stepped(shard, atVersion, checksums);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return;
    }
    if (shard > 0) {
      listener.shardStands(shard, atVersion, nanoTime.getAsLong());
    }
    if (phase == Phase.GATHERING) {
      beginTraining();
    }
    proceed();
  }

  void shardSquares(int shard, int atVersion, double[] squares) {
    try {
      requireCurrent(atVersion, "sums of squares");
      book.squares(shard, squares);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return;
    }
    proceed();
  }

  void shardWeights(int shard, int atVersion, int chunk, float[] values, long checksum) {
    if (!ending.isCollecting()) {
      return;
    }
    try {
      requireCurrent(atVersion, "weights");
      ending.collected(chunk, values, checksum);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
    }
  }

  private void requireCurrent(int found, String what) {
    if (found != version) {
      throw new IllegalArgumentException(
          "expected " + what + " at version " + version + "; found version " + found);
    }
  }

  void shardLacks(int shard) {
    if (phase == Phase.GATHERING) {
      suspend("shard " + shard + " no longer has round " + version);
    }
  }

  void shardLost(int shard) {
    book.lost(shard);
    listener.shardLost(shard);
    String gone = "shard " + shard + " is gone";
    if (ending.isCollecting()) {
      ending.shardLost(gone);
    } else if (isUnderWay()) {
      suspend(gone);
    }
  }

  private void suspend(String why) {
    phase = Phase.ENDING;
    ending.suspend(why);
  }
}
