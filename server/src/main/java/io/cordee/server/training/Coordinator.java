package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Leads a job from its first worker to its end: takes what workers and shards say, in turn, to the
 * parts that it is composed of, and does what follows from what they return. {@link Membership}
 * decides who takes part; {@link Admission}, what becomes of contributions; {@link LeaseManager},
 * who computes what; {@link RoundEvaluation} knows what is measured; {@link Ending} ends the job.
 * Holds no chunk.
 *
 * <p>Runs in the mailbox of its training, but where a method says that any thread may call it.
 */
final class Coordinator implements TrainingEvents {

  private enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** Contributions are admitted. */
    TRAINING,
    /** Nothing is applied any more; the last weights are measured. */
    MEASURING_RESULT
  }

  private final TrainingParts parts;
  private final Membership members;
  private final Roster roster;
  private final DataAgreement data;
  private final Admission admission;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final ShardBook book;
  private final RoundShard own;
  private final Ending ending;
  private final RoundListener rounds;
  private final LongSupplier nanoTime;
  private final long begun;

  private Phase phase = Phase.GATHERING;
  private Optional<Reason> stopReason = Optional.empty();

  /**
   * @param admission what becomes of contributions
   */
  Coordinator(Surroundings around, TrainingParts parts, Admission admission) {
    this.parts = parts;
    this.members = parts.members();
    this.roster = members.roster();
    this.data = members.data();
    this.admission = admission;
    this.leases = parts.leases();
    this.evaluation = parts.evaluation();
    this.book = parts.book();
    this.own = parts.own();
    this.ending = new Ending(parts);
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
    this.begun = nanoTime.getAsLong();
    book.beginRound(version());
  }

  /** Takes what is known of a job that is resumed. */
  void resume(Found found, Optional<Best> before) {
    data.expect(found);
    parts.best().resume(before);
  }

  private int version() {
    return admission.version();
  }

  private boolean isGathering() {
    return phase == Phase.GATHERING && !hasEnded();
  }

  private boolean isTraining() {
    return phase == Phase.TRAINING && !hasEnded();
  }

  private boolean isMeasuringResult() {
    return phase == Phase.MEASURING_RESULT && !hasEnded();
  }

  private boolean hasEnded() {
    return ending.hasBegun();
  }

  /** The end of the job, once there is one. */
  Optional<Outcome> outcome() {
    return ending.outcome();
  }

  /** Returns true once the job has ended, and everybody has gone. */
  boolean isOver() {
    return ending.isOver();
  }

  // ---- workers come, find the data, and load their part of it ----

  @Override
  public void joined(WorkerId worker, int threads) {
    members.joined(worker, threads);
    if (ending.outcome().isPresent()) {
      ending.joined(worker);
    } else {
      parts.listener().joined(worker, roster.connected().size());
    }
  }

  @Override
  public void alive(WorkerId worker) {
    heard(worker, false);
  }

  private void heard(WorkerId worker, boolean isContribution) {
    if (!hasEnded() && members.heard(worker, isContribution)) {
      regroup();
    }
  }

  @Override
  public void found(WorkerId worker, DataFound found) {
    heard(worker, false);
    if (roster.has(worker) && !hasEnded()) {
      members.found(worker, found);
      regroup();
    }
  }

  @Override
  public void prepared(WorkerId worker, int plan) {
    heard(worker, false);
    if (hasEnded() || !roster.has(worker)) {
      return;
    }
    if (!members.prepared(worker, plan)) {
      regroup();
    } else if (isGathering()) {
      beginTraining();
    } else if (isTraining()) {
      admission.prepared();
    } else {
      leases.prepared();
    }
    proceed();
  }

  /** Shares out what is to be done, as the team has changed. */
  private void regroup() {
    if (hasEnded()) {
      return;
    }
    members.regroup(version());
    release();
    members.failure().ifPresent(this::fail);
    if (isTraining()) {
      admission.regrouped();
      proceed();
    } else if (isMeasuringResult()) {
      leases.regrouped();
    }
  }

  /** Expects nothing any more of those who have gone or are left out. */
  private void release() {
    for (WorkerId worker : members.takeReleased()) {
      if (isMeasuringResult()) {
        leases.release(worker);
      } else {
        admission.release(worker);
      }
    }
  }

  // ---- the rounds ----

  private void beginTraining() {
    if (isGathering() && book.areAllAt(version()) && leases.activate()) {
      members.begin();
      release();
      String rows = DataAgreement.words(data.agreed().orElseThrow());
      parts.shards().forEach(shard -> shard.trainedOn(rows));
      parts.log().beginTraining(own.board().start().seconds());
      phase = Phase.TRAINING;
      admission.begin();
    }
  }

  /**
   * Checks the contributions of a message. Any thread may call.
   *
   * @param ofChunks they differ in chunk and sums alone
   * @throws IllegalArgumentException if there are no such chunks or node, or the rows below it are
   *     not counted
   */
  void check(List<Contribution> ofChunks) {
    RoundBoard board = own.board();
    for (Contribution each : ofChunks) {
      each.check(board.chunks(), board.tree());
    }
    data.check(ofChunks.get(0), board.tree());
  }

  /**
   * Hears that a worker has contributed. While the last weights are measured, the rows are counted,
   * and the sums not needed.
   */
  void contributed(WorkerId worker, List<Contribution> ofChunks) {
    Contribution first = ofChunks.get(0);
    boolean takesPart = roster.has(worker) && !isGathering() && !hasEnded();
    Optional<String> missing = data.missing(first.tally()).filter(what -> takesPart);
    missing.ifPresent(this::fail);
    if (takesPart && missing.isEmpty()) {
      heard(worker, true);
    }
    if (takesPart && isTraining()) {
      admission.admit(worker, ofChunks).ifPresent(this::fail);
      return;
    }
    admission.refuse(worker, ofChunks);
    if (takesPart && isMeasuringResult()) {
      countLast(worker, first, ofChunks.size());
    }
  }

  private void countLast(WorkerId worker, Contribution first, int chunkCount) {
    ReductionTree.Span span = own.board().tree().span(first.node());
    boolean isNew = first.version() == version() && !evaluation.isCounted(span.from());
    if (isNew && !Double.isFinite(first.tally().lossSum())) {
      fail(NotFinite.loss(version(), span, worker));
      return;
    }
    evaluation.count(first.version(), first.node(), first.tally());
    leases.contributed(worker, first, chunkCount);
    proceed();
  }

  /** Hears the loss at the version of the round. */
  void measured(Tally tally) {
    if (Double.isFinite(tally.lossSum())) {
      evaluation.measured(tally);
      proceed();
    } else {
      fail(NotFinite.loss(version()));
    }
  }

  @Override
  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {
    if (!roster.has(worker) || isGathering() || hasEnded()) {
      return;
    }
    try {
      data.checkSlice(slice, tally);
    } catch (IllegalArgumentException e) {
      exclude(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    Optional<String> missing = data.missingOfEvaluated(tally);
    if (missing.isPresent()) {
      fail(missing.get());
      return;
    }
    heard(worker, true);
    if (isTraining() && admission.measured(worker, version, slice, tally)) {
      proceed();
    } else if (isMeasuringResult()) {
      leases.evaluated(worker, version, slice, tally);
      proceed();
    }
  }

  /** Hears what a shard has of the squared norm; {@code refuse} is told why if it cannot be. */
  void squares(int shard, int atVersion, double[] ofChunks, Consumer<String> refuse) {
    if (!own.board().needsNorm()) {
      refuse.accept("no sums of squares are needed now");
    } else if (isNoted(() -> book.squares(shard, atVersion, ofChunks), refuse)) {
      proceed();
    }
  }

  /** Hears where a shard stands; {@code refuse} is told why if it cannot be there. */
  void stepped(int shard, int atVersion, long[] checksums, Consumer<String> refuse) {
    if (!isNoted(() -> book.stepped(shard, atVersion, checksums, isGathering()), refuse)) {
      return;
    }
    if (shard > 0) {
      rounds.shardStands(shard, atVersion, nanoTime.getAsLong());
    }
    if (isGathering()) {
      parts.log().begin(version(), book);
    }
    beginTraining();
    proceed();
  }

  /** Proceeds as far as what is known allows. */
  void proceed() {
    if (isTraining()) {
      admission.proceed().ifPresent(this::measureResult);
      release();
    }
    if (isMeasuringResult()
        && evaluation.isDone()
        && parts.best().offer(version(), evaluation.result())) {
      end(Outcome.completed(version(), stopReason.orElseThrow()));
    }
  }

  private void measureResult(Reason why) {
    stopReason = Optional.of(why);
    phase = Phase.MEASURING_RESULT;
    leases.beginResult(evaluation.beginLast());
  }

  // ---- workers that follow by replaying steps ----

  @Override
  public void holds(WorkerId worker, OptionalInt version) {
    if (roster.has(worker) && !hasEnded()) {
      own.sendAgain(worker, version);
    }
  }

  @Override
  public void differs(WorkerId worker, int version, int chunk) {
    if (roster.has(worker) && !hasEnded()) {
      own.repair(worker, version, chunk);
    }
  }

  // ---- workers fail, are silent, or leave ----

  /** A worker that takes part may declare that nobody can continue. */
  @Override
  public void failed(WorkerId worker, String message, boolean isForAll) {
    if (isForAll && !isGathering() && roster.active().workers().contains(worker)) {
      fail(worker + ": " + message);
    } else if (roster.has(worker) && !hasEnded()) {
      exclude(worker, message);
    }
  }

  private void exclude(WorkerId worker, String why) {
    members.exclude(worker, why);
    regroup();
  }

  @Override
  public void left(WorkerId worker, String why) {
    own.forget(worker);
    if (roster.remove(worker) && !hasEnded()) {
      members.left(worker, why);
      regroup();
    }
  }

  @Override
  public void expectNoOthers() {
    members.expectNoOthers();
    regroup();
  }

  /** Leaves out unresponsive workers; ends the job if there are too few for too long. */
  @Override
  public void tick() {
    if (hasEnded()) {
      return;
    }
    if (members.tick(version(), this::expected, leases.usual())) {
      regroup();
    }
    if (!hasEnded()) {
      members.gaveUp(version()).ifPresent(this::fail);
    }
    if (isGathering()) {
      book.waitsFor(nanoTime.getAsLong() - begun).ifPresent(parts.listener()::waiting);
    } else if (!hasEnded()) {
      admission.tick();
    }
  }

  private Member.Expected expected(WorkerId worker) {
    return switch (phase) {
      case GATHERING -> Member.Expected.NOTHING;
      case TRAINING -> admission.expected(worker);
      case MEASURING_RESULT -> leases.expected(worker);
    };
  }

  // ---- the end ----

  @Override
  public void interrupt(String why) {
    end(new Outcome.Interrupted(why + " after " + Outcome.rounds(version())));
  }

  void fail(String message) {
    end(new Outcome.Failed(message));
  }

  @Override
  public void broken(Throwable cause) {
    if (hasEnded()) {
      ending.broken(cause);
    } else {
      end(Outcome.Failed.by(cause));
    }
  }

  private void end(Outcome how) {
    if (!hasEnded()) {
      settle();
      ending.begin(how, version());
    }
  }

  private void suspend(String why) {
    if (!hasEnded()) {
      settle();
    }
    ending.suspend(why, version());
  }

  /** Stops the shard and closes admission: no step is applied any more, and the version stays. */
  private void settle() {
    own.stop();
    if (!isMeasuringResult()) {
      admission.end();
    }
  }

  /** Takes weights of a shard; {@code refuse} is told why if they cannot be. */
  void weights(
      int shard,
      int atVersion,
      int firstChunk,
      List<CollectedChunk> chunks,
      Consumer<String> refuse) {
    if (isNoted(() -> book.collect(shard, atVersion, firstChunk, chunks), refuse)) {
      book.collected();
      proceed();
    }
  }

  /** Returns whether the book has taken a report; otherwise {@code refuse} is told why. */
  private static boolean isNoted(Runnable note, Consumer<String> refuse) {
    try {
      note.run();
      return true;
    } catch (IllegalArgumentException e) {
      refuse.accept(e.getMessage());
      return false;
    }
  }

  // ---- shards that are lost ----

  /** Hears that a shard no longer has what the job begins with: all have to agree anew. */
  void lacks(int shard) {
    if (isGathering()) {
      suspend("shard " + shard + " no longer has round " + version());
    }
  }

  /**
   * Hears that a shard is gone. Its part of this round is lost: all return to a version that each
   * of them has kept.
   */
  void lost(int shard) {
    book.lost(shard);
    rounds.shardLost(shard);
    String gone = "shard " + shard + " is gone";
    boolean isEnding = hasEnded() && ending.lost(gone);
    if (!isGathering() && !isEnding) {
      suspend(gone);
    }
  }
}
