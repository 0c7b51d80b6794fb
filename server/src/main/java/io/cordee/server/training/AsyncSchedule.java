package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which round each worker of asynchronous training is in, none more than the staleness ahead of the
 * slowest, and what it is sent for it. The plan of a round is fixed when the first worker begins
 * it, and all follow it, so that no partition enters a round twice. A worker that is new to a plan
 * starts with its first round.
 *
 * <p>Used under the monitor of its training.
 */
final class AsyncSchedule {

  private final Job job;
  private final Team team;
  private final Roster roster;
  private final DataAgreement data;
  private final int staleness;
  private final AsyncBoard board;
  private final Map<WorkerId, WorkerClock> clocks = new LinkedHashMap<>();
  private final Map<Integer, Plan> plans = new HashMap<>();
  private int planned;
  private int furthest = -1;

  /** How many rounds there will be, whatever the job says. */
  private int most = StopConditions.UNBOUNDED;

  AsyncSchedule(
      Surroundings around, Roster roster, DataAgreement data, int staleness, AsyncBoard board) {
    this.job = around.job();
    this.team = around.team();
    this.roster = roster;
    this.data = data;
    this.staleness = staleness;
    this.board = board;
  }

  int limit() {
    return Math.min(most, data.lastRound());
  }

  /** Ends after the rounds that any worker has begun or been sent chunks for. */
  void beginNoMore() {
    most = Math.min(most, furthest + 1);
  }

  /** The round of the slowest worker; without any, the one that the next to come begins with. */
  int slowest() {
    return clocks.values().stream().mapToInt(WorkerClock::round).min().orElse(planned);
  }

  private boolean mayBegin(int round) {
    return round < limit() && round - slowest() <= staleness;
  }

  boolean isOver() {
    return slowest() >= limit();
  }

  /** The last round that anything has been sent for. */
  int furthest() {
    return furthest;
  }

  Optional<WorkerClock> of(WorkerId worker) {
    return Optional.ofNullable(clocks.get(worker));
  }

  void remove(WorkerId worker) {
    clocks.remove(worker);
  }

  boolean isEmpty() {
    return clocks.isEmpty();
  }

  /** With no worker under way: settles the plan of the next round. */
  void restart() {
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
        clocks.computeIfAbsent(worker, newcomer -> new WorkerClock(round, board.chunks().count()));
      }
    }
    return plans.get(round);
  }

  void finishRounds() {
    clocks.values().stream().filter(WorkerClock::isFinished).forEach(WorkerClock::finish);
  }

  /** Has workers begin their next round, as far as they may; whether any did. */
  boolean beginRounds() {
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
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      send(worker, clock, round, chunk);
    }
    BitSet slices = slicesDue(round, partitions);
    clock.begin(partitions, slices);
    if (!slices.isEmpty()) {
      if (board.hasOwnEvaluationPoint()) {
        for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
          team.chunk(worker, round, Vector.WEIGHTS, chunk);
        }
      }
      team.evaluate(worker, round, slices);
    }
    team.lease(worker, round, partitions);
  }

  private BitSet slicesDue(int round, BitSet partitions) {
    return round % job.evaluateEvery() == 0 ? data.slices().beside(partitions) : new BitSet();
  }

  /** Sends busy workers what the others' progress allows of their next round. */
  void sendAhead() {
    for (WorkerId worker : clocks.keySet()) {
      for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
        sendAhead(worker, chunk);
      }
    }
  }

  /** Sends a busy worker a chunk for its next round, if it has no more part in the chunk's step. */
  void sendAhead(WorkerId worker, int chunk) {
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
      team.chunk(worker, round, Vector.EVALUATION_POINT, chunk);
    }
  }
}
