package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.Mode;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.Found;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Decides how a job goes, from its first worker to its end: who takes part, when training begins,
 * what its last weights are worth, and how it ends. What happens to contributions in between is its
 * {@link Admission}'s. Holds no chunk.
 *
 * <p>It greets workers, holds them to the data that most of the first of them found, plans with
 * them, excludes those that fail, leaves out those that do not answer until they do, and ends the
 * job when there have been too few for too long.
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
    MEASURING_RESULT,
    /** The job is over, or its weights are being collected. */
    ENDING
  }

  // The admission policy uses these, too.
  final Job job;
  final Team team;
  final TrainingListener listener;
  final RoundShard own;
  final List<ShardOrders> shards;
  final ShardBook book;
  final Roster roster;
  final DataAgreement data;
  final Deadlines deadlines;
  final RoundEvaluation evaluation;
  final BestWeights best;
  final RoundLog log;
  final LeaseManager leases;

  private final Admission admission;
  private final RoundListener rounds;
  private final LongSupplier nanoTime;

  /** For deadlines, leases and speeds. */
  private final LongSupplier clock;

  private final Headcount headcount;
  private final Attendance attendance;
  private final long begun;
  private long planned;

  /** Written by one thread at a time, read by any. */
  private volatile Phase phase = Phase.GATHERING;

  private Reason stopReason = Reason.ROUNDS;

  /** How the job ends, once it does. */
  private Optional<Outcome> end = Optional.empty();

  /** How it has ended, once the weights are kept. */
  private Optional<Outcome> outcome = Optional.empty();

  /**
   * @param own the shard that workers reach through this coordinator
   * @param shards all of them, this one last
   * @param minWorkers how many the first plan waits for
   * @param events runs one, after those before it
   * @param afterwards runs a task of the current event when other events may run
   */
  Coordinator(
      Surroundings around,
      RoundShard own,
      List<ShardOrders> shards,
      ShardBook book,
      int minWorkers,
      Consumer<Runnable> events,
      Consumer<Runnable> afterwards) {
    this.job = around.job();
    this.team = around.team();
    this.listener = around.listener();
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
    this.clock = new WorkingClock(nanoTime);
    this.own = own;
    this.shards = shards;
    this.book = book;
    ReductionTree tree = own.board().tree();
    this.roster = new Roster(tree, job.team().minWorkers());
    this.data = new DataAgreement(job);
    this.deadlines = new Deadlines(job.team());
    this.headcount = new Headcount(job.team(), roster, minWorkers);
    this.attendance = new Attendance(roster, deadlines, listener, rounds);
    this.evaluation = new RoundEvaluation(job, data, tree);
    this.best = new BestWeights(job, shards, book, listener);
    this.log = new RoundLog(around);
    this.leases = new LeaseManager(around, clock, roster, own, shards, book, evaluation);
    this.admission = admission(events, afterwards);
    this.begun = nanoTime.getAsLong();
    book.beginRound(version());
  }

  private Admission admission(Consumer<Runnable> events, Consumer<Runnable> afterwards) {
    if (job.mode() instanceof Mode.Sync) {
      return new SynchronousRounds(this, events);
    }
    if (job.mode() instanceof Mode.Async async) {
      return new BoundedStaleness(this, async.staleness(), events, afterwards);
    }
    throw new IllegalStateException("no case for " + job.mode());
  }

  /** Takes what is known of a job that is resumed. */
  void resume(Found found, Optional<Best> before) {
    data.expect(found);
    best.resume(before);
  }

  // ---- how far the job is ----

  /** The policy that contributions are handed to. Any thread may call. */
  Admission admission() {
    return admission;
  }

  private int version() {
    return admission.version();
  }

  /** Returns whether contributions are admitted. Any thread may call. */
  boolean isTraining() {
    return phase == Phase.TRAINING;
  }

  private boolean isGathering() {
    return phase == Phase.GATHERING;
  }

  private boolean isMeasuringResult() {
    return phase == Phase.MEASURING_RESULT;
  }

  private boolean hasEnded() {
    return phase == Phase.ENDING;
  }

  /** The end of the job, once there is one. */
  Optional<Outcome> outcome() {
    return outcome;
  }

  /** Returns whether the job is over and everybody has gone. */
  boolean isOver() {
    return outcome.isPresent()
        && (outcome.get() instanceof Outcome.Suspended || roster.connected().isEmpty());
  }

  // ---- from the workers ----

  @Override
  public void joined(WorkerId worker, int threads) {
    roster.add(new Member(worker, threads, clock.getAsLong()));
    team.welcome(worker);
    if (outcome.isPresent()) {
      team.finished(worker, outcome.get());
    } else {
      listener.joined(worker, roster.connected().size());
    }
  }

  @Override
  public void alive(WorkerId worker) {
    heard(worker, false);
  }

  private void heard(WorkerId worker, boolean isContribution) {
    Optional<Member> known = roster.get(worker).filter(member -> !hasEnded());
    if (known.isPresent() && attendance.heard(known.get(), isContribution, clock.getAsLong())) {
      regroup();
    }
  }

  /** The worker takes part if the others have found the same. */
  @Override
  public void found(WorkerId worker, DataFound found) {
    heard(worker, false);
    if (hasEnded() || !roster.has(worker)) {
      return;
    }
    if (roster.isReady(worker)) {
      exclude(worker, "it has already reported its data");
      return;
    }
    Optional<String> refusal =
        data.refusal(found).or(() -> data.refusalByOthers(found).filter(why -> !isGathering()));
    if (refusal.isPresent()) {
      exclude(worker, refusal.get());
      return;
    }
    data.warning(worker, found, roster.found().values()).ifPresent(listener::warned);
    roster.found(worker, found);
    regroup();
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
    if (isTraining()) {
      admission.measured(worker, version, slice, tally);
    } else if (isMeasuringResult()) {
      leases.evaluated(worker, version, slice, tally);
      proceed();
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
   * Hears of a worker that has contributed to this many chunks. While the last weights are
   * measured, the rows are counted, and the sums not needed.
   *
   * @return whether it may be admitted
   */
  boolean contributed(WorkerId worker, Contribution first, int chunkCount) {
    if (!roster.has(worker) || isGathering() || hasEnded()) {
      return false;
    }
    Optional<String> missing = data.missing(first.tally());
    if (missing.isPresent()) {
      fail(missing.get());
      return false;
    }
    heard(worker, true);
    if (isMeasuringResult()) {
      countLast(worker, first, chunkCount);
    }
    return isTraining();
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

  @Override
  public void prepared(WorkerId worker, int plan) {
    heard(worker, false);
    if (hasEnded() || !roster.has(worker)) {
      return;
    }
    if (!roster.isReady(worker) || !roster.hasPlanned(plan)) {
      exclude(worker, "there is no plan " + plan + " that it could be prepared for");
      return;
    }
    roster.prepared(worker, plan);
    if (isGathering()) {
      beginTraining();
    } else if (isTraining()) {
      admission.prepared();
    } else {
      leases.prepared();
    }
  }

  /** A worker that takes part may declare that nobody can continue. */
  @Override
  public void failed(WorkerId worker, String message, boolean isForAll) {
    if (isForAll && !isGathering() && roster.active().workers().contains(worker)) {
      fail(worker + ": " + message);
    } else if (roster.has(worker) && !hasEnded()) {
      exclude(worker, message);
    }
  }

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

  @Override
  public void left(WorkerId worker, String why) {
    own.forget(worker);
    if (!roster.remove(worker) || hasEnded()) {
      return;
    }
    listener.left(worker, roster.connected().size(), why);
    release(worker);
    regroup();
  }

  private void exclude(WorkerId worker, String why) {
    sendAway(worker, why);
    regroup();
  }

  private void sendAway(WorkerId worker, String why) {
    roster.exclude(worker, why);
    team.expel(worker, why);
    listener.left(worker, roster.connected().size(), why);
    release(worker);
  }

  /** Expects nothing of the worker any more, or until it is back. */
  private void release(WorkerId worker) {
    if (isMeasuringResult()) {
      leases.release(worker);
    } else {
      admission.release(worker);
    }
  }

  @Override
  public void expectNoOthers() {
    headcount.close();
    regroup();
  }

  // ---- plans ----

  private void regroup() {
    if (hasEnded()) {
      return;
    }
    plan();
    headcount.hopeless().ifPresent(this::fail);
    deadlines
        .note(headcount.lack(isGathering()), version() + 1, clock.getAsLong())
        .ifPresent(listener::waiting);
    if (isTraining()) {
      admission.regrouped();
    } else if (isMeasuringResult()) {
      leases.regrouped();
    }
  }

  /** Redistributes the partitions among the workers present, and has them load their rows. */
  void plan() {
    if (!isGathering()) {
      // One that was silent during the vote may be back with other data.
      refuseOtherData();
    } else if (roster.found().size() >= headcount.needed(true)) {
      vote();
    } else {
      roster.doubtNobody();
    }
    if (hasEnded() || !areReady() || roster.lackOfRoom().isPresent()) {
      roster.forgetPending();
      return;
    }
    planned = clock.getAsLong();
    Plan plan = roster.plan();
    rounds.planned(plan);
    for (WorkerId worker : plan.workers()) {
      team.permit(worker, version(), new BitSet(), data.rowsOfRound());
      team.prepare(worker, plan.number(), plan.holding(worker));
    }
  }

  private boolean areReady() {
    return roster.ready().size() >= headcount.needed(isGathering());
  }

  private void vote() {
    DataAgreement.Vote vote = data.vote(roster.found());
    vote.tie().ifPresent(this::fail);
    vote.refused().forEach(this::sendAway);
    roster.doubtNobody();
    vote.undecided().forEach(worker -> roster.get(worker).orElseThrow().isInDoubt = true);
  }

  /** The first round is about to begin: there will be no other vote. */
  private void sayStarted() {
    DataFound found = data.agreed().orElseThrow();
    listener.dataFound(found.columns());
    headcount
        .fewVotes(roster.found().size())
        .filter(few -> !job.data().files().isEmpty() && job.data().train().sha256().isEmpty())
        .ifPresent(listener::warned);
    listener.started(roster.active().workers().size(), data.lastRound());
    refuseOtherData();
  }

  private void refuseOtherData() {
    roster
        .found()
        .forEach(
            (worker, found) -> data.refusalByOthers(found).ifPresent(why -> sendAway(worker, why)));
  }

  // ---- the clock ----

  /** Leaves out unresponsive workers; ends the job if there are too few for too long. */
  @Override
  public void tick() {
    if (hasEnded()) {
      return;
    }
    long now = clock.getAsLong();
    if (isGathering() && !roster.hasPending() && deadlines.isGathered(roster.ready().size(), now)) {
      headcount.stopWaiting();
      regroup();
    }
    for (Member member : roster.unready()) {
      deadlines.muteness(member, now).ifPresent(why -> exclude(member.id, why));
    }
    List<WorkerId> expired =
        attendance.expire(this::expected, leases.usual(), planned, version(), now);
    if (!expired.isEmpty()) {
      expired.forEach(this::release);
      regroup();
    }
    deadlines.gaveUp(version(), now).ifPresent(this::fail);
    if (isGathering()) {
      book.waitsFor(nanoTime.getAsLong() - begun).ifPresent(listener::waiting);
    } else if (!hasEnded()) {
      admission.tick();
    }
  }

  private Member.Expected expected(WorkerId worker) {
    return switch (phase) {
      case TRAINING -> admission.expected(worker);
      case MEASURING_RESULT -> leases.expected(worker);
      case GATHERING, ENDING -> Member.Expected.NOTHING;
    };
  }

  // ---- training, and its result ----

  private void beginTraining() {
    if (isGathering() && book.areAllAt(version()) && leases.activate()) {
      sayStarted();
      String rows = DataAgreement.words(data.agreed().orElseThrow());
      shards.forEach(shard -> shard.trainedOn(rows));
      log.beginTraining(own.board().start().seconds());
      phase = Phase.TRAINING;
      admission.begin();
    }
  }

  /** Proceeds as far as what is known allows. */
  void proceed() {
    if (isTraining()) {
      admission.proceed().ifPresent(this::measureResult);
    }
    if (isMeasuringResult() && evaluation.isDone() && best.offer(version(), evaluation.result())) {
      end(Outcome.completed(version(), stopReason));
    }
  }

  private void measureResult(Reason why) {
    stopReason = why;
    phase = Phase.MEASURING_RESULT;
    leases.beginResult(evaluation.beginLast());
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
    if (!isCollecting()) {
      end(Outcome.Failed.by(cause));
      return;
    }
    end = Optional.of(end.get().then(Outcome.reason(cause)));
    if (book.hasOthers()) {
      finish(end.get()); // those of the others may never come; its own are on their way
    }
  }

  /** The job ends in this way, unless it does already: its weights are collected and kept. */
  private void end(Outcome how) {
    if (end.isPresent()) {
      return;
    }
    stop(how);
    if (!book.areAllThere()) {
      finish(how);
      return;
    }
    book.awaitWeights(this::collected);
    try {
      shards.forEach(shard -> shard.collect(version()));
    } catch (RuntimeException | OutOfMemoryError e) {
      finish(how.then(Outcome.reason(e)));
    }
  }

  private void stop(Outcome how) {
    // The weights that are measured are those at which nothing more is applied.
    boolean isSettled = isMeasuringResult();
    phase = Phase.ENDING;
    end = Optional.of(how);
    own.stop();
    if (!isSettled) {
      admission.end();
    }
    book.awaitNoWeights();
  }

  private boolean isCollecting() {
    return end.isPresent() && outcome.isEmpty();
  }

  private void collected() {
    if (isCollecting()) {
      finish(end.get());
    }
  }

  /** All weights are here, or never will be: keeps them, and tells everyone. */
  private void finish(Outcome how) {
    Outcome told = how instanceof Outcome.Completed ? how.by(this::publishResult) : how;
    Outcome kept = told.by(this::keepWeights);
    end = Optional.of(kept);
    outcome = end;
    shards.forEach(shard -> shard.finished(kept));
    roster.connected().forEach(worker -> team.finished(worker, kept));
  }

  private Outcome publishResult(Outcome how) {
    log.publishResult(version(), evaluation.train(), evaluation.result(), best.best(), book);
    return how;
  }

  private Outcome keepWeights(Outcome how) {
    boolean isNew = version() > own.board().start().version();
    if (job.checkpoint().isOn() && !book.hasOthers() && isNew) {
      own.board().keepCurrent(log.seconds());
    }
    Optional<List<float[]>> weights =
        book.areAllCollected() ? Optional.of(book.weights()) : Optional.empty();
    return listener.ended(how, version(), log.digest(), weights);
  }

  /** The process ends, and another continues the job: no new checkpoint is written. */
  private void suspend(String why) {
    stop(new Outcome.Suspended(why));
    outcome = end;
  }

  // ---- from the shards ----

  /** Hears the loss at the version of the round. */
  void measured(Tally tally) {
    if (Double.isFinite(tally.lossSum())) {
      evaluation.measured(tally);
      proceed();
    } else {
      fail(NotFinite.loss(version()));
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
      log.begin(version(), book);
    }
    beginTraining();
    proceed();
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
    if (isGathering() || outcome.isPresent()) {
      return;
    }
    String gone = "shard " + shard + " is gone";
    if (end.isPresent() && !(end.get() instanceof Outcome.Completed)) {
      finish(end.get().then(gone + ", and its weights with it"));
    } else {
      suspend(gone);
    }
  }
}
