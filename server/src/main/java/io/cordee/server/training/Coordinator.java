package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.rule.Optimizer;
import io.cordee.proto.message.WorkerSays;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

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
public final class Coordinator extends TeamCoordinator {

  private final RoundShard own;
  private final Shards others;
  private final ShardBook book;
  private final Consumer<Runnable> afterwards;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final BestWeights best;
  private final RoundLog log;
  private final Ending ending;
  private final MissingShards missing;

  // Of the current round.
  private int version;
  private boolean isApplied;
  private Reason stopReason;

  /**
   * @param afterwards runs a task when the mailbox is free again
   */
  Coordinator(
      Surroundings around,
      RoundShard own,
      Shards others,
      ShardBook book,
      int minWorkers,
      Consumer<Runnable> afterwards) {
    super(around, own.board().tree(), minWorkers);
    this.own = own;
    this.others = others;
    this.afterwards = afterwards;
    this.book = book;
    this.evaluation = new RoundEvaluation(job, data);
    this.best = new BestWeights(job, own, others, book, listener);
    this.log = new RoundLog(around);
    this.ending = new Ending(this, own, others, book, log);
    this.leases = new LeaseManager(this, own, others, book, evaluation);
    this.missing = new MissingShards(book, listener, nanoTime.getAsLong());
    this.version = own.board().version();
    book.beginRound(version);
    book.stepped(0, version, own.board().checksums(), true);
    log.begin(version, book);
  }

  /** What is known of a job that is resumed. */
  void resume(Found found, Optional<Best> before) {
    data.expect(found);
    best.resume(before);
  }

  @Override
  Optional<Outcome> outcome() {
    return ending.outcome();
  }

  // ---- from the workers ----

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

  /** A worker has contributed to this many chunks; the shard has its sums. */
  void contributed(WorkerId worker, int atVersion, int node, int chunkCount, Tally tally) {
    if (!roster.has(worker) || !isInRound()) {
      return;
    }
    Optional<String> missing = data.missing(tally);
    if (missing.isPresent()) {
      fail(missing.get());
      return;
    }
    leases.contributed(worker, atVersion, node, chunkCount);
  }

  @Override
  void measured(WorkerId worker, int atVersion, int slice, Tally tally) {
    evaluation.offer(atVersion, slice, tally);
    leases.evaluated(worker, atVersion);
    proceed();
  }

  @Override
  void differs(WorkerId worker, WorkerSays.Differs differs) {
    if (roster.has(worker) && !hasEnded()) {
      own.repair(worker, differs.version(), differs.chunk());
    }
  }

  @Override
  public void left(WorkerId worker, String why) {
    own.forget(worker);
    super.left(worker, why);
  }

  @Override
  public void tick() {
    super.tick();
    if (isGathering()) {
      missing.tick(nanoTime.getAsLong());
    }
    if (!isGathering() && !hasEnded()) {
      leases.backUp();
    }
  }

  // ---- rounds ----

  private void beginTraining() {
    if (isGathering() && book.areAllAt(version) && leases.activate()) {
      log.beginTraining(own.board().start().seconds());
      sayStarted();
      own.board().trainedOn(DataAgreement.words(data.agreed().orElseThrow()));
      leases.warnIfLossy();
      warnIfInexact();
      beginRound();
    }
  }

  private void warnIfInexact() {
    if (!job.hasExactFunction()) {
      listener.warned(
          "model.exact is false: gradients of the same rows may differ from worker to worker and"
              + " from time to time, and so may digests");
    }
  }

  private void beginRound() {
    phase = Phase.MEASURING;
    isApplied = false;
    book.beginRound(version);
    log.beginRound(version, book);
    evaluation.begin(version);
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
    if (phase == Phase.MEASURING_RESULT
        && evaluation.isDone()
        && best.offer(version, evaluation.result())) {
      end(Outcome.completed(version, stopReason));
    }
  }

  /** Decides once per round, as soon as all is known, whether the round is applied. */
  private void decide() {
    if (!evaluation.canDecide() || !best.offer(version, evaluation.result())) {
      return;
    }
    Optional<Reason> reason =
        log.stopReason(version, data.lastRound(), evaluation.train(), evaluation.result(), true)
            .or(
                () ->
                    Optional.of(Reason.PATIENCE)
                        .filter(it -> best.isPatienceOver(version, data.rows().train())));
    if (reason.isEmpty()) {
      phase = Phase.STEPPING;
      return;
    }
    stopReason = reason.get();
    phase = Phase.MEASURING_RESULT;
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
    RoundOrder order = new RoundOrder(version, norm, evaluation.train().meanLoss(), now, isKept);
    others.apply(order);
    if (!own.apply(order)) {
      throw new IllegalStateException("the server's own chunks are not at version " + version);
    }
    afterwards.accept(own::proceed);
  }

  private void endRound() {
    leases.end(log.endRound(version, evaluation.train(), evaluation.result(), best.best()));
    version++;
    own.moveTo(version);
    beginRound();
  }

  // ---- for the team and the end ----

  @Override
  LeaseManager schedule() {
    return leases;
  }

  @Override
  int version() {
    return version;
  }

  @Override
  void goOnPrepared() {
    if (isGathering()) {
      beginTraining();
    } else {
      leases.prepared();
    }
  }

  /** Publishes what was measured of the job's result, with its digest. */
  void publishResult() {
    book.put(0, own.board().checksums());
    log.publishResult(version, evaluation.train(), evaluation.result(), best.best(), book);
  }

  // ---- the end ----

  @Override
  public void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(version)));
  }

  @Override
  public void broken(Throwable cause) {
    phase = Phase.ENDING;
    ending.broken(cause);
  }

  @Override
  void end(Outcome how) {
    phase = Phase.ENDING;
    ending.begin(how);
  }

  // ---- from the shards ----

  /** All chunks of a shard stand at this version; at 0, it has joined. */
  public void shardStepped(int shard, int atVersion, long[] checksums) {
    takeOrRefuse(
        shard,
        () -> book.stepped(shard, atVersion, checksums, isGathering()),
        () -> {
          if (shard > 0) {
            rounds.shardStands(shard, atVersion, nanoTime.getAsLong());
          }
          beginTraining();
          proceed();
        });
  }

  /** A shard's share of the squared norm, chunk by chunk. */
  public void shardSquares(int shard, int atVersion, double[] squares) {
    takeOrRefuse(
        shard,
        () -> {
          if (isApplied || !own.board().needsNorm()) {
            throw new IllegalArgumentException("no sums of squares are needed now");
          }
          book.squares(shard, atVersion, squares);
        },
        this::proceed);
  }

  /** The weights of a chunk of another shard, as they were asked for. */
  public void shardWeights(int shard, int atVersion, int chunk, float[] values, long checksum) {
    if (ending.isCollecting() || best.isCollecting() && !ending.hasBegun()) {
      takeOrRefuse(shard, () -> book.collect(atVersion, chunk, values, checksum), this::collected);
    } else {
      takeOrRefuse(shard, () -> book.requireCurrent(atVersion, "weights"), () -> {});
    }
  }

  private void collected() {
    if (ending.isCollecting()) {
      ending.collected();
    } else {
      best.collected();
      proceed();
    }
  }

  private void takeOrRefuse(int shard, Runnable report, Runnable next) {
    try {
      report.run();
    } catch (IllegalArgumentException e) {
      if (shard == 0) {
        throw new IllegalStateException(e.getMessage());
      }
      others.refuse(shard, e.getMessage());
      return;
    }
    next.run();
  }

  /** A shard cannot continue, and so neither can the job. */
  public void shardFailed(int shard, String message) {
    fail("shard " + shard + ": " + message);
  }

  /** A shard no longer has what the job begins with: all shards have to agree anew. */
  public void shardLacks(int shard) {
    if (isGathering()) {
      phase = Phase.ENDING;
      ending.suspend("shard " + shard + " no longer has round " + version);
    }
  }

  /**
   * The connection to a shard has ended, and its part of this round is lost: all shards return to a
   * version that each of them has kept.
   */
  public void shardLost(int shard) {
    book.lost(shard);
    rounds.shardLost(shard);
    if (!isGathering()) {
      phase = Phase.ENDING;
      ending.shardLost("shard " + shard + " is gone");
    }
  }
}
