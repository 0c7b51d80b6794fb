package io.cordee.server.training;

import io.cordee.common.job.Slices;
import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
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
import java.util.function.LongSupplier;

/**
 * Makes sure that every partition of a round is computed even if workers are slow, hang or leave: a
 * worker's lease is its right to compute a partition, and what one does not come to is leased to
 * others at the same version. The sums do not depend on who computes them.
 *
 * <p>A straggler is treated in these steps, from late to gone; keys are those of the job file's
 * {@code team}:
 *
 * <ol>
 *   <li><b>Late:</b> at least half of those who were asked by the plan are done, and it takes more
 *       than twice their median, and 100 ms longer. What it owes is leased to those who are done as
 *       well, as backup work, and the first to come counts. People are told after two seconds.
 *       ({@link RoundLeases})
 *   <li><b>Slow:</b> it is less than half as fast per compute thread as the median, for three
 *       rounds and two seconds. Plans give it what it can do in the time that others take, possibly
 *       nothing, until it is faster, or to find out. ({@link Speeds})
 *   <li><b>Absent:</b> others had to stand in for it in a round in which it gave no sign of life.
 *       Later rounds lease it nothing until it gives one, unless all are absent.
 *   <li><b>Left out:</b> it owes something, and for {@code lease} it was not heard of, or has not
 *       contributed; by default, for five seconds without a sign, and for as long, or four rounds,
 *       without a contribution. Its leases are released, and plans are made without it until it is
 *       heard of, or contributes. ({@link Deadlines}, {@link Attendance})
 *   <li><b>Excluded:</b> it has failed, has other data, or has not said for 30 seconds, or {@code
 *       lease}, which data it finds. ({@link Membership})
 *   <li><b>Gone:</b> its connection has ended. Its leases are released at once; it may come back as
 *       a new worker. At the end of the job it is waited for, for a moment ({@code Absentees}).
 *   <li><b>Too few are left:</b> with fewer than {@code min_workers}, nothing is leased; if that
 *       lasts for {@code wait}, the job fails, and keeps its weights. Before the first round,
 *       {@code gather} says how long others are waited for. ({@link Headcount})
 * </ol>
 *
 * <p>{@link BoundedStaleness} leases nothing until the last weights are measured, and never backup
 * work: others go on without a straggler as far as the staleness allows, and a worker is treated
 * from the fourth step on.
 */
final class LeaseManager implements Work.Progress {

  /** Shorter delays, in nanoseconds, are not reported. */
  private static final long WORTH_SAYING = 2_000_000_000;

  private final int partitions;
  private final RoundShard own;
  private final List<ShardOrders> shards;
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

  /** True once the round is not applied, but the weights that it finds are measured. */
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
      List<ShardOrders> shards,
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

  /** Notes that a worker has contributed this, and as much to other chunks: to so many in all. */
  void contributed(WorkerId worker, Contribution first, int chunkCount) {
    int atVersion = first.version();
    int node = first.node();
    if (atVersion == version) {
      int units = own.board().tree().span(node).size() * chunkCount;
      leases.came(worker, units, clock.getAsLong());
      if (leases.isShort()) {
        regrouped();
      }
    }
    rounds.arrived(worker, atVersion, node, nanoTime.getAsLong());
  }

  /** Takes what a worker has measured on a slice. */
  void evaluated(WorkerId worker, int atVersion, int slice, Tally tally) {
    evaluation.offer(atVersion, slice, tally);
    if (atVersion == version) {
      leases.measured(worker, clock.getAsLong());
    }
    rounds.arrived(worker, atVersion, RoundListener.EVALUATION, nanoTime.getAsLong());
  }

  /** Nothing is to be expected of the worker: what it owes goes to others. */
  void release(WorkerId worker) {
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

  /**
   * Begins a round, of which nobody is asked for anything yet.
   *
   * @param trainRows how many it takes in all
   */
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
  }

  /**
   * The job ends with this round, which is not applied: of its partitions, the tallies are needed.
   *
   * @param isMore whether anything is to be asked for
   */
  void beginResult(boolean isMore) {
    isResult = true;
    if (isMore) {
      // Some of the workers that the round began with may have left after contributing.
      activate();
      regrouped();
    }
  }

  @Override
  public boolean isComputed(int partition) {
    // What the other shards have is not known here, until they have it all.
    return isResult
        ? evaluation.isCounted(partition)
        : isDoneElsewhere() && own.board().isCovered(partition);
  }

  private boolean isDoneElsewhere() {
    return book.areOthersAt(version + 1);
  }

  @Override
  public boolean isMeasured(int slice) {
    return evaluation.isCovered(slice);
  }

  /** Asks for what nobody has been asked for, if there are enough workers. */
  void regrouped() {
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
    if (own.board().hasLookahead()
        && asked.values().stream().anyMatch(work -> !work.slices().isEmpty())) {
      shards.forEach(shard -> shard.sendWeights(version));
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
  OptionalLong usual() {
    return leases.usual();
  }

  Member.Expected expected(WorkerId worker) {
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
