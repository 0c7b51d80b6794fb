package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.proto.message.WorkerSays;
import io.cordee.proto.message.WorkerSays.DataFound;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The common part of coordinators: the workers of a job, from hello to goodbye. Greets them, holds
 * them to the data that most of the first of them found, plans with them, excludes those that fail,
 * leaves out those that do not answer until they do, and ends the job when there have been too few
 * for too long.
 */
abstract class TeamCoordinator implements TrainingEvents {

  enum Phase {
    /** Not enough workers yet. */
    GATHERING,
    /** A round is under way, and whether it is applied is still open. */
    MEASURING,
    /** It is to be applied, as soon as all is known that this takes. */
    DECIDED,
    /** What workers contribute is applied. */
    STEPPING,
    /** Nothing is applied any more; the final weights are measured. */
    MEASURING_RESULT,
    /** The job is over. */
    ENDING
  }

  final Job job;
  final Team team;
  final TrainingListener listener;
  final RoundListener rounds;
  final LongSupplier nanoTime;

  /** For deadlines, leases and speeds. */
  final LongSupplier clock;

  final Roster roster;
  final DataAgreement data;
  final Deadlines deadlines;
  final Headcount headcount;
  private final Attendance attendance;
  private long planned;

  /** Written by one thread at a time, read by any. */
  volatile Phase phase = Phase.GATHERING;

  /**
   * @param minWorkers how many the first plan waits for
   */
  TeamCoordinator(Surroundings around, ReductionTree tree, int minWorkers) {
    this.job = around.job();
    this.team = around.team();
    this.listener = around.listener();
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
    this.clock = new WorkingClock(nanoTime);
    this.roster = new Roster(tree, job.team().minWorkers());
    this.data = new DataAgreement(job);
    this.deadlines = new Deadlines(job.team());
    this.headcount = new Headcount(job.team(), roster, minWorkers);
    this.attendance = new Attendance(roster, deadlines, listener, rounds);
  }

  // ---- how far the job is ----

  abstract Schedule schedule();

  /** The version that is computed now. */
  abstract int version();

  /** How the job has ended, once it has. */
  abstract Optional<Outcome> outcome();

  /** One more worker has the rows of the pending plan in memory. */
  abstract void goOnPrepared();

  /** A worker has said something about the chunks that it holds. */
  abstract void aboutChunks(WorkerId worker, WorkerSays said);

  /** A worker has measured a slice of the test rows. */
  abstract void measured(WorkerId worker, int version, int slice, Tally tally);

  /** The job ends in this way, unless it does already. */
  abstract void end(Outcome how);

  final void fail(String message) {
    end(new Outcome.Failed(message));
  }

  final boolean isGathering() {
    return phase == Phase.GATHERING;
  }

  final boolean hasEnded() {
    return phase == Phase.ENDING;
  }

  /** Whether the job is over and everybody has gone. */
  final boolean isOver() {
    return outcome().isPresent()
        && (outcome().get() instanceof Outcome.Suspended || roster.connected().isEmpty());
  }

  // ---- from the workers ----

  @Override
  public void joined(WorkerId worker, int threads) {
    roster.add(new Member(worker, threads, clock.getAsLong()));
    team.welcome(worker);
    if (outcome().isPresent()) {
      team.finished(worker, outcome().get());
    } else {
      listener.joined(worker, roster.connected().size());
    }
  }

  @Override
  public final void heard(WorkerId worker, WorkerSays said) {
    if (said instanceof DataFound found) {
      foundData(worker, found);
    } else if (said instanceof WorkerSays.Prepared prepared) {
      prepared(worker, prepared.plan());
    } else if (said instanceof WorkerSays.Evaluated evaluated) {
      evaluated(worker, evaluated);
    } else if (said instanceof WorkerSays.Differs || said instanceof WorkerSays.Holds) {
      aboutChunks(worker, said);
    } else if (said instanceof WorkerSays.Failure failure) {
      failed(worker, failure);
    } else if (said instanceof WorkerSays.Heartbeat) {
      heard(worker, false);
    } else {
      throw new IllegalStateException("no case for " + said);
    }
  }

  void contributed(WorkerId worker) {
    heard(worker, true);
  }

  private void heard(WorkerId worker, boolean isContribution) {
    Optional<Member> known = roster.get(worker).filter(member -> !hasEnded());
    if (known.isPresent() && attendance.heard(known.get(), isContribution, clock.getAsLong())) {
      regroup();
    }
  }

  /** A worker has found these data; it takes part if the others have found the same. */
  private void foundData(WorkerId worker, DataFound found) {
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

  private void evaluated(WorkerId worker, WorkerSays.Evaluated evaluated) {
    Tally tally = evaluated.tally();
    if (!roster.has(worker) || isGathering() || hasEnded()) {
      return;
    }
    try {
      data.checkSlice(evaluated.slice(), tally);
    } catch (IllegalArgumentException e) {
      exclude(worker, "evaluation refused: " + e.getMessage());
      return;
    }
    Optional<String> missing = data.missingOfEvaluated(tally);
    if (missing.isPresent()) {
      fail(missing.get());
      return;
    }
    contributed(worker);
    measured(worker, evaluated.version(), evaluated.slice(), tally);
  }

  private void prepared(WorkerId worker, int plan) {
    heard(worker, false);
    if (hasEnded() || !roster.has(worker)) {
      return;
    }
    if (!roster.isReady(worker) || !roster.hasPlanned(plan)) {
      exclude(worker, "there is no plan " + plan + " that it could be prepared for");
      return;
    }
    roster.prepared(worker, plan);
    goOnPrepared();
  }

  /** A worker that takes part may declare that nobody can continue. */
  private void failed(WorkerId worker, WorkerSays.Failure failure) {
    if (failure.isForAll() && !isGathering() && roster.active().workers().contains(worker)) {
      fail(worker + ": " + failure.message());
    } else if (roster.has(worker) && !hasEnded()) {
      exclude(worker, failure.message());
    }
  }

  @Override
  public void left(WorkerId worker, String why) {
    if (!roster.remove(worker) || hasEnded()) {
      return;
    }
    listener.left(worker, roster.connected().size(), why);
    schedule().release(worker);
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
    schedule().release(worker);
  }

  @Override
  public void expectNoOthers() {
    headcount.close();
    regroup();
  }

  /** The job has ended in this way: the workers are told. */
  final void sendHome(Outcome how) {
    roster.connected().forEach(worker -> team.finished(worker, how));
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
    if (!isGathering() && !hasEnded()) {
      schedule().regrouped();
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
  final void sayStarted() {
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
    List<WorkerId> expired = attendance.expire(schedule(), planned, version(), now);
    if (!expired.isEmpty()) {
      expired.forEach(schedule()::release);
      regroup();
    }
    deadlines.gaveUp(version(), now).ifPresent(this::fail);
  }
}
