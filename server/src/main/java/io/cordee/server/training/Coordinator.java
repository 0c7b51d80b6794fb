package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.rule.Optimizer;
import io.cordee.proto.message.WorkerSays;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
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
final class Coordinator extends TeamCoordinator {

  private final RoundShard own;
  private final Consumer<ShardOrder> shards;
  private final ShardBook book;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final BestWeights best;
  private final RoundLog log;
  private final Ending ending;
  private final long begun;

  // Of the current round.
  private int version;
  private Reason stopReason;

  /**
   * @param own the shard that workers reach through this coordinator
   * @param shards orders all of them, this one included
   */
  Coordinator(
      Surroundings around,
      RoundShard own,
      Consumer<ShardOrder> shards,
      ShardBook book,
      int minWorkers) {
    super(around, own.board().tree(), minWorkers);
    this.own = own;
    this.shards = shards;
    this.book = book;
    this.evaluation = new RoundEvaluation(job, data);
    this.best = new BestWeights(job, shards, book, listener);
    this.log = new RoundLog(around);
    this.ending = new Ending(this, around, own, shards, book, log);
    this.leases = new LeaseManager(around, clock, roster, own, shards, book, evaluation);
    this.begun = nanoTime.getAsLong();
    this.version = own.board().version();
    book.beginRound(version);
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
    return phase == Phase.MEASURING || phase == Phase.DECIDED || phase == Phase.STEPPING;
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
    contributed(worker);
    leases.contributed(worker, atVersion, node, chunkCount);
  }

  @Override
  void measured(WorkerId worker, int atVersion, int slice, Tally tally) {
    evaluation.offer(atVersion, slice, tally);
    leases.evaluated(worker, atVersion);
    proceed();
  }

  @Override
  void aboutChunks(WorkerId worker, WorkerSays said) {
    if (roster.has(worker) && !hasEnded()) {
      own.heard(worker, said);
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
      book.waitsFor(nanoTime.getAsLong() - begun).ifPresent(listener::waiting);
    }
    if (!isGathering() && !hasEnded()) {
      leases.backUp();
    }
  }

  // ---- rounds ----

  private void beginTraining() {
    if (isGathering() && book.areAllAt(version) && leases.activate()) {
      sayStarted();
      shards.accept(new ShardOrder.TrainedOn(DataAgreement.words(data.agreed().orElseThrow())));
      log.beginTraining(own.board().start().seconds());
      beginRound();
    }
  }

  private void beginRound() {
    phase = Phase.MEASURING;
    book.beginRound(version);
    log.beginRound(version, book);
    evaluation.begin(version);
    leases.begin(version, data.slices(), data.rowsOfRound());
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
    if (phase == Phase.DECIDED) {
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
      phase = Phase.DECIDED;
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
    phase = Phase.STEPPING;
    book.applied();
    double now = log.seconds();
    boolean isKept = log.claimCheckpoint(version + 1, now);
    shards.accept(new ShardOrder.Apply(version, norm, evaluation.train().meanLoss(), now, isKept));
  }

  private void endRound() {
    deadlines.roundTook(
        log.endRound(version, evaluation.train(), evaluation.result(), best.best()));
    List<WorkerId> changed = leases.end();
    if (!changed.isEmpty()) {
      plan();
      leases.tellShares(changed);
    }
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

  /** A shard reports; {@code refuse} is told why if it cannot have meant it. */
  void heard(int shard, ShardReport report, Consumer<String> refuse) {
    try {
      note(shard, report);
    } catch (IllegalArgumentException e) {
      refuse.accept(e.getMessage());
      return;
    }
    if (report instanceof ShardReport.Measured measured) {
      measured(measured.tally());
    } else if (report instanceof ShardReport.Stepped stepped) {
      stands(shard, stepped.version());
    } else if (report instanceof ShardReport.Squares) {
      proceed();
    } else if (report instanceof ShardReport.Weights) {
      book.collected();
      proceed();
    } else if (report instanceof ShardReport.Failed failed) {
      fail(failed.message());
    } else if (report instanceof ShardReport.Lacks) {
      lacks(shard);
    } else if (report instanceof ShardReport.Lost) {
      lost(shard);
    } else {
      throw new IllegalStateException("no case for " + report);
    }
  }

  /**
   * @throws IllegalArgumentException if it is not expected now, or not of this job
   */
  private void note(int shard, ShardReport report) {
    if (report instanceof ShardReport.Stepped stepped) {
      book.stepped(shard, stepped.version(), stepped.checksums(), isGathering());
    } else if (report instanceof ShardReport.Squares squares) {
      if (phase == Phase.STEPPING || !own.board().needsNorm()) {
        throw new IllegalArgumentException("no sums of squares are needed now");
      }
      book.squares(shard, squares.version(), squares.ofChunks());
    } else if (report instanceof ShardReport.Weights weights) {
      book.collect(shard, weights.version(), weights.firstChunk(), weights.chunks());
    }
  }

  private void stands(int shard, int atVersion) {
    if (shard > 0) {
      rounds.shardStands(shard, atVersion, nanoTime.getAsLong());
    }
    if (isGathering()) {
      log.begin(version, book);
    }
    beginTraining();
    proceed();
  }

  /** All shards have to agree anew. */
  private void lacks(int shard) {
    if (isGathering()) {
      phase = Phase.ENDING;
      ending.suspend("shard " + shard + " no longer has round " + version);
    }
  }

  /** Its part of this round is lost: all shards return to a version that each of them has kept. */
  private void lost(int shard) {
    book.lost(shard);
    rounds.shardLost(shard);
    if (!isGathering()) {
      phase = Phase.ENDING;
      ending.shardLost("shard " + shard + " is gone");
    }
  }
}
