package io.cordee.server.training;

import io.cordee.common.job.Slices;
import io.cordee.server.team.Plan;
import io.cordee.server.team.RoundLeases;
import io.cordee.server.team.Speeds;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes sure that every partition of a round is computed even if workers hang, lag or leave. Late
 * partitions go to others at the same version; the sums do not depend on who computes them.
 */
final class LeaseManager implements Schedule, Work.Progress {

  /** Shorter delays, in nanoseconds, are not reported. */
  private static final long WORTH_SAYING = 2_000_000_000;

  private final int partitions;
  private final RoundShard own;
  private final Consumer<ShardOrder> shards;
  private final int chunks;

  private final ShardBook book;
  private final RoundEvaluation evaluation;
  private final Team team;
  private final TrainingListener listener;
  private final RoundListener rounds;
  private final LongSupplier nanoTime;
  private final LongSupplier clock;
  private final Roster roster;

  // Of the current round.
  private int version;
  private long rows;
  private RoundLeases leases;

  /** Whether the round is not applied, so that its partitions are no longer needed. */
  private boolean isResult;

  /** Since when the round is under way. */
  private long begun;

  /**
   * Workers that others had to stand in for in a round in which they gave no sign, and when it was
   * over. Until they give one, rounds do not wait for them.
   */
  private final Map<WorkerId, Long> absent = new HashMap<>();

  /** Workers reported as late, as long as they are. */
  private final Set<WorkerId> late = new HashSet<>();

  /**
   * @param clock for leases and speeds
   * @param own the shard that workers are subscribed to before their first lease
   */
  LeaseManager(
      Surroundings around,
      LongSupplier clock,
      Roster roster,
      RoundShard own,
      Consumer<ShardOrder> shards,
      ShardBook book,
      RoundEvaluation evaluation) {
    this.partitions = around.job().partitions();
    this.own = own;
    this.shards = shards;
    this.chunks = own.board().chunks().count();
    this.book = book;
    this.evaluation = evaluation;
    this.team = around.team();
    this.listener = around.listener();
    this.rounds = around.rounds();
    this.nanoTime = around.nanoTime();
    this.clock = clock;
    this.roster = roster;
    this.leases = new RoundLeases(partitions, Slices.NONE, chunks, roster::room, worker -> false);
  }

  // ---- what workers do ----

  /** A worker has contributed a node's sum for this many chunks. */
  void contributed(WorkerId worker, int atVersion, int node, int chunkCount) {
    if (atVersion == version) {
      int units = own.board().tree().span(node).size() * chunkCount;
      leases.came(worker, units, clock.getAsLong());
      if (leases.isShort()) {
        regrouped();
      }
    }
    rounds.arrived(worker, atVersion, node, nanoTime.getAsLong());
  }

  void evaluated(WorkerId worker, int atVersion) {
    if (atVersion == version) {
      leases.measured(worker, clock.getAsLong());
    }
    rounds.arrived(worker, atVersion, RoundListener.EVALUATION, nanoTime.getAsLong());
  }

  /** Nothing is to be expected of the worker: what it owes goes to others. */
  @Override
  public void release(WorkerId worker) {
    leases.release(worker);
    own.unsubscribe(worker);
    late.remove(worker);
    absent.remove(worker);
  }

  // ---- plans and rounds ----

  /**
   * Makes the pending plan the active one if everybody in it is prepared. Workers that hold nothing
   * in it are sent no more chunks.
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

  /** A worker is prepared; work may have waited for it. */
  void prepared() {
    if (!leases.orphans(this).isNone() && activate()) {
      regrouped();
    }
  }

  /** {@code trainRows} are how many the round takes in all. */
  void begin(int atVersion, Slices slices, long trainRows) {
    version = atVersion;
    rows = trainRows;
    isResult = false;
    begun = clock.getAsLong();
    activate();
    // What a worker beside this shard sends to the others takes as long as anybody's.
    leases =
        new RoundLeases(
            partitions,
            slices,
            chunks,
            roster::room,
            worker -> book.hasOthers() && team.isBeside(worker));
    regrouped();
  }

  /**
   * The job ends with this round: its partitions are no longer needed.
   *
   * @param isEvaluationNew whether the weights are still to be evaluated
   */
  void beginResult(boolean isEvaluationNew) {
    isResult = true;
    if (isEvaluationNew) {
      // Some of the workers that the round began with may have left after contributing.
      activate();
      regrouped();
    }
  }

  @Override
  public boolean isComputed(int partition) {
    // What the other shards have is not known here, until they have it all.
    return isResult || isDoneElsewhere() && own.board().isCovered(partition);
  }

  private boolean isDoneElsewhere() {
    return book.areOthersAt(version + 1);
  }

  @Override
  public boolean isMeasured(int slice) {
    return evaluation.isCovered(slice);
  }

  /** Asks for what nobody has been asked for, if there are enough workers. */
  @Override
  public void regrouped() {
    if (roster.areEnough()) {
      Plan plan = present();
      Map<WorkerId, Work> asked = leases.assign(plan, roster::speed, this, clock.getAsLong());
      ask(asked);
      tellMoved(asked, plan);
    }
  }

  /** The plan, without those that are absent, unless all are. */
  private Plan present() {
    absent.entrySet().removeIf(entry -> isHeardSince(entry.getValue(), entry.getKey()));
    Plan plan = roster.active();
    return absent.keySet().containsAll(plan.workers()) ? plan : plan.without(absent.keySet());
  }

  private boolean isHeardSince(long time, WorkerId worker) {
    return roster.get(worker).map(member -> member.heard >= time).orElse(true);
  }

  private void ask(Map<WorkerId, Work> asked) {
    asked.keySet().forEach(own::subscribe);
    if (own.board().hasOwnEvaluationPoint()
        && asked.values().stream().anyMatch(work -> !work.slices().isEmpty())) {
      shards.accept(new ShardOrder.SendWeights(version));
    }
    asked.forEach(
        (worker, work) -> {
          team.permit(worker, version, work.partitions(), rows);
          team.ask(worker, version, work);
        });
  }

  /** Reports partitions leased outside the plan. */
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
      rounds.moved(version, moved);
    }
  }

  /**
   * A round is over.
   *
   * @return workers that turn out to differ in speed, so that the next ones are to be shared out
   *     anew
   */
  List<WorkerId> end() {
    long now = clock.getAsLong();
    Map<WorkerId, Speeds.Took> took = leases.took(roster::threads, now);
    leases.late(now).stream()
        .filter(worker -> !isHeardSince(begun, worker))
        .forEach(worker -> absent.put(worker, now));
    late.removeIf(worker -> leases.isAsked(worker) && !leases.isOpen(worker));
    return roster.speeds().measured(took, now);
  }

  /** Says what they get by the plan that is pending. */
  void tellShares(List<WorkerId> changed) {
    for (WorkerId worker : changed) {
      listener.warned(
          String.format(
              "%s is %s others; it gets %d of %d partitions from the next plan on",
              worker, roster.speedInWords(worker), roster.planned(worker), partitions));
    }
  }

  // ---- the clock ----

  /** How long others took for what they were asked for in this round. */
  @Override
  public OptionalLong usual() {
    return leases.usual();
  }

  @Override
  public Member.Expected expected(WorkerId worker) {
    if (leases.isOpen(worker) || isDoneElsewhere() && leases.owes(worker, this)) {
      return Member.Expected.A_CONTRIBUTION;
    }
    // What it owes to other shards is not known here.
    return absent.containsKey(worker) || leases.isAsked(worker) && !isDoneElsewhere()
        ? Member.Expected.A_SIGN
        : Member.Expected.NOTHING;
  }

  /** Has others do what a worker is late with as well. */
  void backUp() {
    long now = clock.getAsLong();
    Plan plan = present();
    Map<WorkerId, Work> asked = leases.backUp(plan.workers(), roster::speed, this, now);
    ask(asked);
    tellMoved(asked, plan);
    for (WorkerId worker : leases.late(WORTH_SAYING, now)) {
      if (late.add(worker)) {
        listener.warned(
            String.format(
                "%s is late in round %d; others do its part as well", worker, version + 1));
      }
    }
  }
}
