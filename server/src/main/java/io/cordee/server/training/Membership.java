package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Decides who takes part in a training: holds workers to the data that most of the first of them
 * found, plans with those that are ready, excludes those that fail, leaves out those that do not
 * answer until they do, and says when there have been too few for too long.
 *
 * <p>Whoever calls asks afterwards, where a method says so, for those {@linkplain #takeReleased
 * released}, of whom nothing is expected any more, and for the {@link #failure}.
 */
final class Membership {

  private final Job job;
  private final Team team;
  private final TrainingListener listener;
  private final RoundListener rounds;

  /** For deadlines. */
  private final LongSupplier clock;

  private final Roster roster;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final Headcount headcount;
  private final Attendance attendance;

  /** When the pending plan was made. */
  private long planned;

  /** True once the first round has begun: there is no other vote on the data. */
  private boolean hasBegun;

  private final List<WorkerId> released = new ArrayList<>();
  private Optional<String> failure = Optional.empty();

  /**
   * @param clock for deadlines
   * @param minWorkers how many the first plan waits for
   */
  Membership(Surroundings around, LongSupplier clock, ReductionTree tree, int minWorkers) {
    this.job = around.job();
    this.team = around.team();
    this.listener = around.listener();
    this.rounds = around.rounds();
    this.clock = clock;
    this.roster = new Roster(tree, job.team().minWorkers());
    this.data = new DataAgreement(job);
    this.deadlines = new Deadlines(job.team());
    this.headcount = new Headcount(job.team(), roster, minWorkers);
    this.attendance = new Attendance(roster, deadlines, listener, rounds);
  }

  Roster roster() {
    return roster;
  }

  DataAgreement data() {
    return data;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** Takes those of whom nothing is expected any more, or until they are back. */
  List<WorkerId> takeReleased() {
    List<WorkerId> taken = List.copyOf(released);
    released.clear();
    return taken;
  }

  /** Says why the job cannot go on with these workers, if it cannot. */
  Optional<String> failure() {
    return failure;
  }

  // ---- one worker ----

  void joined(WorkerId worker, int threads) {
    roster.add(new Member(worker, threads, clock.getAsLong()));
    team.welcome(worker);
  }

  /**
   * Hears of a worker.
   *
   * @param isContribution whether it has sent some of what it was asked for
   * @return whether the team is to {@linkplain #regroup regroup}
   */
  boolean heard(WorkerId worker, boolean isContribution) {
    Optional<Member> known = roster.get(worker);
    return known.isPresent() && attendance.heard(known.get(), isContribution, clock.getAsLong());
  }

  /** Lets a worker take part if the others have found the same; else excludes it. */
  void found(WorkerId worker, DataFound found) {
    if (roster.isReady(worker)) {
      exclude(worker, "it has already reported its data");
      return;
    }
    Optional<String> refusal =
        data.refusal(found).or(() -> data.refusalByOthers(found).filter(why -> hasBegun));
    if (refusal.isPresent()) {
      exclude(worker, refusal.get());
      return;
    }
    data.warning(worker, found, roster.found().values()).ifPresent(listener::warned);
    roster.found(worker, found);
  }

  /**
   * Hears that a worker is prepared for a plan; excludes it if there is no such plan.
   *
   * @return whether it was not excluded
   */
  boolean prepared(WorkerId worker, int plan) {
    if (!roster.isReady(worker) || !roster.hasPlanned(plan)) {
      exclude(worker, "there is no plan " + plan + " that it could be prepared for");
      return false;
    }
    roster.prepared(worker, plan);
    return true;
  }

  /** Sends a worker away for good, and releases it. */
  void exclude(WorkerId worker, String why) {
    roster.exclude(worker, why);
    team.expel(worker, why);
    listener.left(worker, roster.connected().size(), why);
    released.add(worker);
  }

  /** Hears that a worker has gone, and releases it. */
  void left(WorkerId worker, String why) {
    listener.left(worker, roster.connected().size(), why);
    released.add(worker);
  }

  /** No other workers will come. */
  void expectNoOthers() {
    headcount.close();
  }

  // ---- plans ----

  /** Plans anew, as the team has changed; releases whom it excludes, or says why it cannot. */
  void regroup(int version) {
    plan(version);
    if (failure.isEmpty()) {
      failure = headcount.hopeless();
    }
    deadlines
        .note(headcount.lack(!hasBegun), version + 1, clock.getAsLong())
        .ifPresent(listener::waiting);
  }

  /** Redistributes the partitions among the workers present, and has them load their rows. */
  void plan(int version) {
    if (hasBegun) {
      // One that was silent during the vote may be back with other data.
      refuseOtherData();
    } else if (roster.found().size() >= headcount.needed(true)) {
      vote();
    } else {
      roster.doubtNobody();
    }
    boolean areReady = roster.ready().size() >= headcount.needed(!hasBegun);
    if (failure.isPresent() || !areReady || roster.lackOfRoom().isPresent()) {
      roster.forgetPending();
      return;
    }
    planned = clock.getAsLong();
    Plan plan = roster.plan();
    rounds.planned(plan);
    for (WorkerId worker : plan.workers()) {
      team.permit(worker, version, new BitSet(), data.rowsOfRound());
      team.prepare(worker, plan.number(), plan.holding(worker));
    }
  }

  private void vote() {
    DataAgreement.Vote vote = data.vote(roster.found());
    failure = vote.tie();
    vote.refused().forEach(this::exclude);
    roster.doubtNobody();
    vote.undecided().forEach(worker -> roster.get(worker).orElseThrow().isInDoubt = true);
  }

  private void refuseOtherData() {
    roster
        .found()
        .forEach(
            (worker, found) -> data.refusalByOthers(found).ifPresent(why -> exclude(worker, why)));
  }

  /** The first round is about to begin: there will be no other vote. Releases whom it excludes. */
  void begin() {
    hasBegun = true;
    DataFound found = data.agreed().orElseThrow();
    listener.dataFound(found.columns());
    headcount
        .fewVotes(roster.found().size())
        .filter(few -> !job.data().files().isEmpty() && job.data().train().sha256().isEmpty())
        .ifPresent(listener::warned);
    listener.started(roster.active().workers().size(), data.lastRound());
    refuseOtherData();
  }

  // ---- the clock ----

  /**
   * Leaves out, and releases, unresponsive workers.
   *
   * @param expected of each worker
   * @param usual how long others took for what they were asked for in this round, if it is known
   * @return whether the team is to {@linkplain #regroup regroup}
   */
  boolean tick(int version, Function<WorkerId, Member.Expected> expected, OptionalLong usual) {
    long now = clock.getAsLong();
    boolean isChanged = false;
    if (!hasBegun && !roster.hasPending() && deadlines.isGathered(roster.ready().size(), now)) {
      headcount.stopWaiting();
      isChanged = true;
    }
    for (Member member : roster.unready()) {
      Optional<String> muteness = deadlines.muteness(member, now);
      if (muteness.isPresent()) {
        exclude(member.id, muteness.get());
        isChanged = true;
      }
    }
    List<WorkerId> expired = attendance.expire(expected, usual, planned, version, now);
    released.addAll(expired);
    return isChanged || !expired.isEmpty();
  }

  /** Says why the job gives up: there have been too few workers for too long. */
  Optional<String> gaveUp(int version) {
    return deadlines.gaveUp(version, clock.getAsLong());
  }
}
