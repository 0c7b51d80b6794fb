package io.cordee.server.training;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.Vector;
import io.cordee.server.team.Plan;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Admits each contribution at once, as a step of its own: asynchronous training.
 *
 * <p>Each worker counts rounds for itself: at round k it is sent every chunk in its current state,
 * labelled version k, and computes its partitions' part of batch k. As soon as a chunk has been
 * stepped by all that the worker owes of it, it is sent back labelled k + 1, provided that the
 * worker would not be further ahead of the slowest than the staleness allows; otherwise when the
 * slowest has caught up, in its state then.
 *
 * <p>The plan of a round is fixed when the first worker begins it, and all follow it, so that no
 * partition enters a round twice. A worker that is new to a plan starts with its first round. One
 * that leaves takes with it what it has not sent of the rounds under way; later rounds share its
 * partitions among the others. The same holds for one that does not answer, until it does.
 *
 * <p>What is measured of a round before the last is a mean over its contributions, each taken at
 * the weights that its worker held; it is published when every worker is past the round.
 */
final class BoundedStaleness implements Admission {

  private final int staleness;
  private final Consumer<BooleanSupplier> events;
  private final Consumer<Runnable> afterwards;
  private final Job job;
  private final Team team;
  private final TrainingListener listener;
  private final RoundShard own;
  private final ShardBook book;
  private final Roster roster;
  private final DataAgreement data;
  private final Deadlines deadlines;
  private final LeaseManager leases;
  private final RoundEvaluation evaluation;
  private final RoundLog log;
  private final int chunks;
  private final Map<WorkerId, WorkerClock> clocks = new LinkedHashMap<>();
  private final Map<Integer, Plan> plans = new HashMap<>();

  /** How many rounds have a plan. */
  private int planned;

  /** The last round that anything has been sent for. */
  private int furthest = -1;

  /** How many rounds there will be, whatever the job says. */
  private int most = StopConditions.UNBOUNDED;

  private Optional<Reason> stopReason = Optional.empty();

  // The counts of contributions and slices, for each round that is not over.
  private final Map<Integer, Tally> train = new HashMap<>();
  private final Map<Integer, Tally> validation = new HashMap<>();
  private final Map<Integer, Tally> test = new HashMap<>();
  private int finished;

  /** True once nothing more is applied. */
  private boolean isSettled;

  /**
   * @param staleness how many rounds a worker may be ahead of the slowest
   * @param events runs one, after those before it, and has the training proceed if it returns true
   * @param afterwards runs a task of the current event when other events may run
   */
  BoundedStaleness(
      TrainingParts parts,
      int staleness,
      Consumer<BooleanSupplier> events,
      Consumer<Runnable> afterwards) {
    this.staleness = staleness;
    this.events = events;
    this.afterwards = afterwards;
    this.job = parts.job();
    this.team = parts.team();
    this.listener = parts.listener();
    this.own = parts.own();
    this.book = parts.book();
    this.roster = parts.members().roster();
    this.data = parts.members().data();
    this.deadlines = parts.members().deadlines();
    this.leases = parts.leases();
    this.evaluation = parts.evaluation();
    this.log = parts.log();
    this.chunks = own.board().chunks().count();
    own.board().stepByParts();
  }

  // ---- what workers do ----

  @Override
  public void reduce(WorkerId worker, List<Contribution> ofChunks) {
    // Each steps its chunk by itself, when it is admitted.
  }

  @Override
  public Optional<String> admit(WorkerId worker, List<Contribution> ofChunks) {
    Contribution first = ofChunks.get(0);
    ReductionTree.Span span = own.board().tree().span(first.node());
    if (!Double.isFinite(first.tally().lossSum())) {
      refuse(worker, ofChunks);
      return Optional.of(NotFinite.loss(first.version(), span, worker));
    }
    Optional<WorkerClock> clock = clockOf(worker, first.version());
    List<Contribution> admitted = new ArrayList<>();
    for (Contribution each : ofChunks) {
      if (clock.isPresent() && clock.get().take(each.chunk(), span)) {
        admitted.add(each);
      } else {
        own.drop(worker, List.of(each));
      }
    }
    if (!admitted.isEmpty()) {
      long batchRows = data.rowsOfRound();
      afterwards.accept(
          () -> {
            own.step(worker, admitted, batchRows);
            events.accept(() -> applied(worker, admitted));
          });
    }
    return Optional.empty();
  }

  @Override
  public void refuse(WorkerId worker, List<Contribution> ofChunks) {
    own.drop(worker, ofChunks);
  }

  /** The worker's clock, if it is in the round that it has contributed to. */
  private Optional<WorkerClock> clockOf(WorkerId worker, int round) {
    Optional<WorkerClock> clock = busy(worker);
    int current = clock.map(WorkerClock::round).orElse(-1);
    if (round > Math.max(current, furthest)) {
      team.expel(worker, "contribution refused: it has not been asked for version " + round);
    }
    return clock.filter(its -> its.round() == round);
  }

  private Optional<WorkerClock> busy(WorkerId worker) {
    return Optional.ofNullable(clocks.get(worker)).filter(WorkerClock::isBusy);
  }

  /** These have been applied, unless the job has failed with them; whether it may proceed. */
  private boolean applied(WorkerId worker, List<Contribution> admitted) {
    if (isSettled) {
      return false;
    }
    int round = admitted.get(0).version();
    // A worker that was left out meanwhile is in another round when it returns.
    Optional<WorkerClock> clock =
        Optional.ofNullable(clocks.get(worker)).filter(its -> its.round() == round);
    for (Contribution each : admitted) {
      if (each.chunk() == 0 && round >= finished) {
        train.merge(round, each.tally(), Tally::plus);
      }
      clock.ifPresent(its -> its.applied(each.chunk()));
    }
    boolean isFinished = clock.isPresent() && clock.get().isFinished();
    if (clock.isPresent() && !isFinished) {
      admitted.forEach(each -> sendAhead(worker, each.chunk()));
    }
    return isFinished;
  }

  @Override
  public boolean measured(WorkerId worker, int round, int slice, Tally tally) {
    Optional<WorkerClock> clock = busy(worker).filter(its -> its.round() == round);
    if (clock.isPresent() && clock.get().takeSlice(slice)) {
      boolean isValidation = slice < data.slices().validation();
      (isValidation ? validation : test).merge(round, tally, Tally::plus);
      return clock.get().isFinished();
    }
    return false;
  }

  @Override
  public Member.Expected expected(WorkerId worker) {
    return busy(worker).isPresent() ? Member.Expected.A_CONTRIBUTION : Member.Expected.NOTHING;
  }

  @Override
  public void release(WorkerId worker) {
    clocks.remove(worker);
  }

  @Override
  public void regrouped() {
    // It proceeds with those that are there.
  }

  @Override
  public void prepared() {
    // It proceeds, and starts again if nobody was left.
  }

  @Override
  public void tick() {
    // Nobody is late: others are ahead by no more than the staleness, and wait then.
  }

  // ---- rounds ----

  @Override
  public int version() {
    return finished;
  }

  @Override
  public void begin() {
    listener.warned(
        "mode async: the weights depend on which worker is faster, so digests differ from run to"
            + " run; no checkpoints are kept, so a server that dies takes the weights with it");
    planNext();
  }

  @Override
  public Optional<Reason> proceed() {
    boolean hasBegun = true;
    while (hasBegun) {
      clocks.values().stream().filter(WorkerClock::isFinished).forEach(WorkerClock::finish);
      publishUntil(Math.min(slowest(), limit()));
      hasBegun = roster.areEnough() && (beginRounds() || restart());
    }
    if (slowest() < limit()) {
      clocks.keySet().forEach(this::sendAhead);
      return Optional.empty();
    }
    end();
    evaluation.begin(finished);
    leases.begin(finished, data.slices(), data.rowsOfRound());
    return Optional.of(stopReason.orElse(Reason.ROUNDS));
  }

  private int limit() {
    return Math.min(most, data.lastRound());
  }

  /** The round of the slowest worker; without any, the one that the next to come begins with. */
  private int slowest() {
    return clocks.values().stream().mapToInt(WorkerClock::round).min().orElse(planned);
  }

  private boolean mayBegin(int round) {
    return round < limit() && round - slowest() <= staleness;
  }

  /** With no worker under way, has those that are prepared continue; whether it did. */
  private boolean restart() {
    if (!clocks.isEmpty() || !roster.activate()) {
      return false;
    }
    planNext();
    return true;
  }

  /** Settles the plan of the next round, if there is one. */
  private void planNext() {
    if (planned < limit()) {
      planOf(planned);
    }
  }

  private Plan planOf(int round) {
    if (round == planned) {
      roster.activate();
      Plan plan = roster.active();
      plans.put(round, plan);
      plans.keySet().removeIf(old -> old < slowest());
      planned++;
      for (WorkerId worker : plan.holders()) {
        clocks.computeIfAbsent(worker, newcomer -> new WorkerClock(round, chunks));
      }
    }
    return plans.get(round);
  }

  /** Has workers begin their next round, as far as they may; whether any did. */
  private boolean beginRounds() {
    boolean hasBegun = false;
    for (WorkerId worker : List.copyOf(clocks.keySet())) {
      WorkerClock clock = clocks.get(worker);
      if (!clock.isBusy() && mayBegin(clock.round())) {
        begin(worker, clock);
        hasBegun = true;
      }
    }
    return hasBegun;
  }

  private void begin(WorkerId worker, WorkerClock clock) {
    int round = clock.round();
    BitSet partitions = planOf(round).holding(worker);
    if (partitions.isEmpty()) {
      clocks.remove(worker);
      return;
    }
    for (int chunk = 0; chunk < chunks; chunk++) {
      send(worker, clock, round, chunk);
    }
    BitSet slices =
        round % job.evaluateEvery() == 0 ? data.slices().beside(partitions) : new BitSet();
    clock.begin(partitions, slices);
    if (!slices.isEmpty() && own.board().hasLookahead()) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        team.chunk(worker, round, Vector.WEIGHTS, chunk);
      }
    }
    team.ask(worker, round, new Work(partitions, slices));
  }

  /** Sends a busy worker what the others' progress allows of its next round. */
  private void sendAhead(WorkerId worker) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      sendAhead(worker, chunk);
    }
  }

  /** Sends a busy worker a chunk for its next round, if it has no more part in the chunk's step. */
  private void sendAhead(WorkerId worker, int chunk) {
    WorkerClock clock = clocks.get(worker);
    int next = clock.round() + 1;
    if (clock.isBusy() && mayBegin(next) && clock.isApplied(chunk)) {
      send(worker, clock, next, chunk);
    }
  }

  /** Nothing is sent twice for a round: a worker may have begun to compute with what it has. */
  private void send(WorkerId worker, WorkerClock clock, int round, int chunk) {
    if (clock.claimSending(chunk)) {
      furthest = Math.max(furthest, round);
      team.chunk(worker, round, Vector.LOOKAHEAD_POINT, chunk);
    }
  }

  // ---- what is measured ----

  /** Publishes the rounds before {@code end} that have not been published. */
  private void publishUntil(int end) {
    for (; finished < end; finished++) {
      Optional<Tally> counted = Optional.ofNullable(train.remove(finished));
      RowCounts rows = data.rows();
      Evaluated evaluated =
          new Evaluated(
              Optional.ofNullable(validation.remove(finished))
                  .filter(tally -> tally.rows() == rows.validation()),
              Optional.ofNullable(test.remove(finished))
                  .filter(tally -> tally.rows() == rows.test()));
      // Nothing is known of a round whose workers have all left.
      counted.filter(tally -> tally.rows() > 0).ifPresent(tally -> publish(tally, evaluated));
    }
  }

  private void publish(Tally counted, Evaluated evaluated) {
    log.publish(finished, counted, evaluated, Optional.empty(), "");
    deadlines.roundTook(log.next(counted.rows()));
    if (stopReason.isEmpty()) {
      boolean isWhole = counted.rows() == data.rowsOfRound();
      stopReason = log.stopReason(finished, data.lastRound(), counted, evaluated, isWhole);
      // The rounds that any worker has begun or been sent chunks for are the last ones.
      stopReason.ifPresent(why -> most = Math.min(most, furthest + 1));
    }
  }

  /** The weights stand still; what is still to be applied of workers that have left is not. */
  @Override
  public void end() {
    isSettled = true;
    own.board().settle(finished);
    book.beginRound(finished);
    book.applied();
    log.stands(finished, own.board().checksums());
  }
}
