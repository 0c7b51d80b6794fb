package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.server.team.Plan;
import io.cordee.server.team.RoundLeases;
import io.cordee.server.team.Speeds;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Sees to it that every partition of a round is computed, whoever hangs, is slow or goes: plans,
 * leases, and leases anew. What workers do not do in time goes to others at the same version; the
 * sums are the same whoever computes them. Not so with a lossy uplink: there, only what a worker
 * that is gone or left out holds goes to others.
 *
 * <p>Used under the monitor of its training.
 */
final class LeaseManager {

  /** In nanoseconds. People need not know of a worker that is less late. */
  private static final long WORTH_SAYING = 2_000_000_000;

  /** The round that leases are for. */
  interface Round extends Work.Progress {

    /** Whether there is one that work is wanted for. */
    boolean isUnderWay();

    int version();

    /** Whether the other shards have everything of it. */
    boolean isDoneElsewhere();
  }

  private final int partitions;
  private final RoundShard own;
  private final Shards shards;
  private final int chunks;

  /**
   * Whether sums are rounded by whoever pushes them: then bits depend on who computes what, which
   * must not depend on the time that workers take.
   */
  private final boolean isLossy;

  private final Round round;
  private final Team team;
  private final TrainingListener listener;
  private final LongSupplier nanoTime;
  private final int minWorkers;
  private final Roster roster;
  private final Deadlines deadlines;
  private final Attendance attendance;
  private RoundLeases leases;

  /** Of whom it has been said that they are late, as long as they are. */
  private final Set<WorkerId> late = new HashSet<>();

  /**
   * @param own the shard that workers are subscribed to before their first lease
   * @param shards all shards
   * @param minWorkers the first plan waits for so many
   */
  LeaseManager(
      Job job,
      RoundShard own,
      Shards shards,
      Round round,
      Team team,
      TrainingListener listener,
      LongSupplier nanoTime,
      int minWorkers,
      Roster roster) {
    this.partitions = job.partitions();
    this.own = own;
    this.shards = shards;
    this.chunks = own.board().chunks().count();
    this.isLossy = job.wire().uplink().isLossy();
    this.round = round;
    this.team = team;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.minWorkers = Math.max(minWorkers, job.team().minWorkers());
    this.roster = roster;
    this.deadlines = new Deadlines(job.team());
    this.attendance = new Attendance(roster, deadlines, listener);
    this.leases = new RoundLeases(partitions, 0, chunks);
  }

  // ---- what workers do ----

  /**
   * A worker says something, and may be back with it.
   *
   * @param isContribution whether it is what it was asked for, or a part of that
   */
  void heard(WorkerId worker, boolean isContribution) {
    if (roster.has(worker) && attendance.heard(worker, isContribution, nanoTime.getAsLong())) {
      regroup();
    }
  }

  /**
   * A worker contributes.
   *
   * @param version at which it has
   * @param units partitions that the contribution is the sum of, or 1 for a slice
   */
  void contributed(WorkerId worker, int version, int units) {
    heard(worker, true);
    if (version == round.version()) {
      leases.came(worker, units, nanoTime.getAsLong());
    }
  }

  /** A worker has left. */
  void left(WorkerId worker) {
    leases.release(worker);
    attendance.left(worker);
    late.remove(worker);
    regroup();
  }

  // ---- plans and rounds ----

  /** The team has changed: goes on with those who are there now. */
  void regroup() {
    plan();
    if (round.isUnderWay()) {
      attendance.count(round.version() + 1, nanoTime.getAsLong());
      leaseWhatNobodyHolds();
    }
  }

  private void plan() {
    if (roster.ready().size() < (round.isUnderWay() ? 1 : minWorkers)) {
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

  /**
   * Makes the pending plan the active one if everybody in it is prepared. Whoever holds nothing in
   * it is sent no more chunks.
   *
   * @return whether it did
   */
  boolean activate() {
    boolean isNew = roster.activate();
    if (isNew) {
      own.retain(roster.active().holders());
    }
    return isNew;
  }

  /** Somebody is prepared, and work may have waited for that. */
  void prepared() {
    if (!leases.orphans(round).isNone() && activate()) {
      leaseWhatNobodyHolds();
    }
  }

  /**
   * A round begins.
   *
   * @param slices of the test rows
   */
  void begin(int slices) {
    activate();
    leases = new RoundLeases(partitions, slices, chunks);
    leaseWhatNobodyHolds();
  }

  /** Asks for what nobody has been asked for, if there are enough workers. */
  void leaseWhatNobodyHolds() {
    if (attendance.isEnough()) {
      Plan plan = roster.active();
      Map<WorkerId, Work> asked = leases.assign(plan, roster::speed, round, nanoTime.getAsLong());
      ask(asked);
      tellMoved(asked, plan);
    }
  }

  private void ask(Map<WorkerId, Work> asked) {
    asked.keySet().forEach(own::subscribe);
    if (own.board().hasOwnEvaluationPoint()
        && asked.values().stream().anyMatch(work -> !work.slices().isEmpty())) {
      shards.sendWeights(round.version());
    }
    asked.forEach(
        (worker, work) -> {
          if (!work.slices().isEmpty()) {
            team.evaluate(worker, round.version(), work.slices());
          }
          if (!work.partitions().isEmpty()) {
            team.lease(worker, round.version(), work.partitions());
          }
        });
  }

  /** Whoever is asked for what is not its own by the plan does it for somebody else. */
  private void tellMoved(Map<WorkerId, Work> asked, Plan plan) {
    Map<WorkerId, Integer> moved = new LinkedHashMap<>();
    asked.forEach(
        (worker, work) -> {
          BitSet others = (BitSet) work.partitions().clone();
          others.andNot(plan.holding(worker));
          if (!others.isEmpty()) {
            moved.put(worker, others.cardinality());
          }
        });
    if (!moved.isEmpty()) {
      listener.moved(round.version(), moved);
    }
  }

  /** A round is over; shares the next ones out anew if workers turn out to differ in speed. */
  void end(long nanos) {
    deadlines.roundTook(nanos);
    long now = nanoTime.getAsLong();
    Map<WorkerId, Speeds.Took> took = leases.took(roster::threads, now);
    late.removeIf(worker -> took.containsKey(worker) && took.get(worker).isDone());
    List<WorkerId> changed = isLossy ? List.of() : roster.speeds().measured(took, now);
    if (!changed.isEmpty()) {
      plan();
      for (WorkerId worker : changed) {
        listener.warned(
            String.format(
                "%s is %s others; it gets %d of %d partitions from the next plan on",
                worker, roster.speedInWords(worker), roster.planned(worker), partitions));
      }
    }
  }

  // ---- the clock ----

  /** Looks for who does not answer and who is late. */
  void tick() {
    long now = nanoTime.getAsLong();
    List<WorkerId> expired =
        attendance.leaveOut(this::expected, leases.usual(), round.version() + 1, now);
    if (!expired.isEmpty()) {
      expired.forEach(leases::release);
      expired.forEach(own::unsubscribe);
      regroup();
    }
    if (round.isUnderWay()) {
      backUp(now);
    }
  }

  private Attendance.Expected expected(WorkerId worker) {
    if (leases.isOpen(worker)) {
      return Attendance.Expected.A_CONTRIBUTION;
    }
    // What it owes to other shards is not known here.
    return leases.isAsked(worker) && !round.isDoneElsewhere()
        ? Attendance.Expected.A_SIGN
        : Attendance.Expected.NOTHING;
  }

  /** Has others do what a worker is late with as well, unless that would show in the bits. */
  private void backUp(long now) {
    if (!isLossy) {
      Plan plan = roster.active();
      Map<WorkerId, Work> asked = leases.backUp(plan.workers(), roster::speed, round, now);
      ask(asked);
      tellMoved(asked, plan);
    }
    for (WorkerId worker : leases.late(WORTH_SAYING, now)) {
      if (late.add(worker)) {
        listener.warned(
            String.format(
                "%s is late in round %d; %s",
                worker,
                round.version() + 1,
                isLossy
                    ? "others wait, as with a lossy uplink their sums would not have the same bits"
                    : "others do its part as well"));
      }
    }
  }

  /** Why the job cannot go on: there have been too few workers for too long. */
  Optional<String> gaveUp() {
    return attendance.gaveUp(round.version(), nanoTime.getAsLong());
  }
}
