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
import io.cordee.server.training.Training.DataFound;
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
final class Coordinator {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** A round is under way, and whether it is applied is still open. */
    MEASURING,
    /** The round is applied, chunk by chunk. */
    STEPPING,
    /** It is not; the final weights are evaluated. */
    EVALUATING_RESULT,
    /** The job is over; the weights of the other shards are on their way. */
    COLLECTING,
    /** The workers are told; they leave. */
    ENDED
  }

  private final Job job;
  private final RoundShard own;
  private final Shards shards;
  private final ShardBook book;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final Roster roster;
  private final Membership membership;
  private final DataAgreement data;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;

  /** Written in the mailbox, read by any thread. */
  private volatile Phase phase = Phase.GATHERING;

  private Optional<Outcome> outcome = Optional.empty();

  /** How the job will have ended when all weights are here. */
  private Optional<Outcome> ending = Optional.empty();

  // Of the current round.
  private int version;
  private Optional<Tally> measured = Optional.empty();
  private boolean isApplied;
  private String digest;
  private long roundStart;

  private long trainingStart;

  /** Seconds of training when the state was last kept. */
  private double lastKept;

  private OptionalDouble rowsPerSecond = OptionalDouble.empty();
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
    this.membership = new Membership(job, roster, team, listener);
    this.data = membership.data();
    this.evaluation = new RoundEvaluation(job, data);
    this.leases =
        new LeaseManager(
            job, own, shards, new CurrentRound(), team, listener, nanoTime, minWorkers, roster);
    this.version = own.board().version();
    book.stepped(0, version, own.board().checksums());
    this.digest = book.digest(version);
  }

  void expect(Columns columns) {
    data.expect(columns);
  }

  boolean isOver() {
    return phase == Phase.ENDED
        && (outcome.get() instanceof Outcome.Suspended || roster.connected().isEmpty());
  }

  Optional<Outcome> outcome() {
    return outcome;
  }

  private boolean isOverOrEnding() {
    return phase == Phase.ENDED || phase == Phase.COLLECTING;
  }

  // ---- from the workers ----

  void joined(WorkerId worker, int threads) {
    membership.join(worker, threads, outcome);
  }

  void heard(WorkerId worker) {
    if (!isOverOrEnding()) {
      leases.heard(worker, false);
    }
  }

  void foundData(WorkerId worker, DataFound found) {
    if (isOverOrEnding()) {
      return;
    }
    leases.heard(worker, false);
    if (membership.admit(worker, found)) {
      leases.regroup();
    }
  }

  void prepared(WorkerId worker, int plan) {
    if (isOverOrEnding()) {
      return;
    }
    leases.heard(worker, false);
    if (!membership.prepare(worker, plan)) {
      return;
    }
    if (phase == Phase.GATHERING) {
      beginTraining();
    } else {
      leases.prepared();
    }
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
    if (roster.has(worker) && !isOverOrEnding()) {
      own.repair(worker, atVersion, chunk);
    }
  }

  void failed(WorkerId worker, String message) {
    membership.fail(worker, message, phase == Phase.GATHERING).ifPresent(this::fail);
  }

  void left(WorkerId worker) {
    own.forget(worker);
    if (roster.remove(worker) && !isOverOrEnding()) {
      membership.leave(worker, phase == Phase.GATHERING);
      leases.left(worker);
    }
  }

  void tick() {
    if (!isOverOrEnding()) {
      leases.tick();
      leases.gaveUp().ifPresent(this::fail);
    }
  }

  // ---- rounds ----

  private void beginTraining() {
    int start = own.board().start().version();
    if (phase == Phase.GATHERING && book.areAllAt(start) && leases.activate()) {
      lastKept = own.board().start().seconds();
      trainingStart = nanoTime.getAsLong() - (long) (lastKept * 1e9);
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
    roundStart = nanoTime.getAsLong();
    listener.roundBegan(version, roundStart);
    digest = job.digestEvery() > 0 && version % job.digestEvery() == 0 ? book.digest(version) : "";
    OptionalDouble minutes = job.stop().minutes();
    boolean isTimeUp =
        minutes.isPresent() && roundStart - trainingStart >= minutes.getAsDouble() * 60e9;
    evaluation.begin(version, isTimeUp);
    leases.begin(data.slices());
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
    if (evaluation.beginLast()) {
      // Of those whom the round began with, some may have left once their partitions were in.
      leases.activate();
      leases.leaseWhatNobodyHolds();
    }
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
    double now = secondsSoFar();
    boolean isKept = job.checkpoint().isDue(version + 1, now - lastKept);
    lastKept = isKept ? now : lastKept;
    shards.apply(new RoundOrder(version, norm, measured.get().meanLoss(), now, isKept));
  }

  private void endRound() {
    long now = nanoTime.getAsLong();
    listener.roundEnded(version, now);
    publishMeasurement();
    leases.end(now - roundStart);
    double seconds = Math.max(1e-9, (now - roundStart) / 1e9);
    rowsPerSecond = OptionalDouble.of(measured.get().rows() / seconds);
    version++;
    own.moveTo(version);
    beginRound();
  }

  private void publishMeasurement() {
    listener.measured(
        new Measurement(
            version,
            measured.orElseThrow(),
            evaluation.result(),
            (roundStart - trainingStart) / 1e9,
            rowsPerSecond,
            digest));
  }

  private double secondsSoFar() {
    return (nanoTime.getAsLong() - trainingStart) / 1e9;
  }

  /** What the lease manager has to know of the round. */
  private final class CurrentRound implements LeaseManager.Round {

    @Override
    public boolean isUnderWay() {
      return phase != Phase.GATHERING && !isOverOrEnding();
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public boolean isDoneElsewhere() {
      return book.areOthersAt(version + 1);
    }

    @Override
    public boolean isComputed(int partition) {
      // What the other shards have is not known here, until they have it all.
      return phase == Phase.EVALUATING_RESULT
          || isDoneElsewhere() && own.board().isCovered(partition);
    }

    @Override
    public boolean isMeasured(int slice) {
      return evaluation.isCovered(slice);
    }
  }

  // ---- the end ----

  void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(version)));
  }

  void broken(Throwable cause) {
    if (phase == Phase.COLLECTING) {
      finish(ending.orElseThrow().then(Outcome.reason(cause)));
    } else {
      fail(Outcome.reason(cause));
    }
  }

  private void fail(String message) {
    end(new Outcome.Failed(message));
  }

  private void end(Outcome how) {
    if (phase == Phase.ENDED || ending.isPresent()) {
      return;
    }
    ending = Optional.of(how);
    phase = Phase.COLLECTING;
    own.stop();
    if (book.hasOthers() && book.areOthersThere()) {
      shards.collect(version);
    } else {
      finish(how);
    }
  }

  /** All weights are here, or never will be. */
  private void finish(Outcome how) {
    boolean isWhole = !book.hasOthers() || book.areOthersCollected();
    Outcome kept =
        keepWeights(how instanceof Outcome.Completed ? publishResult(how) : how, isWhole);
    phase = Phase.ENDED;
    outcome = Optional.of(kept);
    shards.finished(kept);
    roster.connected().forEach(worker -> team.finished(worker, kept));
  }

  private Outcome publishResult(Outcome how) {
    try {
      if (digest.isEmpty()) {
        book.put(0, own.board().checksums());
        digest = book.digest(version);
      }
      publishMeasurement();
      return how;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The weights have to be kept, and the workers to be sent home, all the same.
      return how.then(Outcome.reason(e));
    }
  }

  private Outcome keepWeights(Outcome how, boolean isWhole) {
    try {
      if (job.checkpoint().isOn() && !book.hasOthers() && version > own.board().start().version()) {
        own.board().keepCurrent(secondsSoFar());
      }
      Optional<float[]> weights =
          isWhole ? Optional.of(book.whole(own.board().weights(version))) : Optional.empty();
      return listener.ended(how, version, digest, weights);
    } catch (RuntimeException | OutOfMemoryError e) {
      // Whatever it is, the workers have to be sent home.
      return how.then(Outcome.reason(e));
    }
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
    if (phase != Phase.COLLECTING) {
      return;
    }
    try {
      requireCurrent(atVersion, "weights");
      book.collect(chunk, values, checksum);
    } catch (IllegalArgumentException e) {
      shards.refuse(shard, e.getMessage());
      return;
    }
    if (book.areOthersCollected()) {
      finish(ending.orElseThrow());
    }
  }

  private void requireCurrent(int found, String what) {
    if (found != version) {
      throw new IllegalArgumentException(
          "expected " + what + " at version " + version + "; found version " + found);
    }
  }

  void shardFailed(String message) {
    if (phase != Phase.ENDED) {
      fail(message);
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
    if (phase == Phase.ENDED || phase == Phase.GATHERING) {
      return;
    }
    String gone = "shard " + shard + " is gone";
    if (phase == Phase.COLLECTING && !(ending.orElseThrow() instanceof Outcome.Completed)) {
      finish(ending.get().then(gone + ", and its weights with it"));
    } else {
      suspend(gone);
    }
  }

  private void suspend(String why) {
    phase = Phase.ENDED;
    outcome = Optional.of(new Outcome.Suspended(why));
  }
}
