package io.cordee.server.training;

import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the workers of asynchronous training are: each in a round of its own, none more than the
 * staleness ahead of the slowest. The plan of a round is settled when the first worker begins it,
 * and everyone goes by it, so that no partition enters a round twice. Whoever is new to a plan
 * starts with its first round.
 */
final class Course {

  private final int staleness;
  private final int chunks;
  private final Map<WorkerId, Pace> paces = new LinkedHashMap<>();
  private final Map<Integer, Plan> plans = new HashMap<>();
  private int planned;
  private int furthest = -1;
  private int limit;

  /**
   * @param staleness how many rounds a worker may be ahead of the slowest
   * @param rounds how many there are at most
   * @param chunks of the parameter vector
   */
  Course(int staleness, int rounds, int chunks) {
    this.staleness = staleness;
    this.limit = rounds;
    this.chunks = chunks;
  }

  /** How many rounds there will be. */
  int limit() {
    return limit;
  }

  /** Ends with the rounds that somebody has begun, or has been sent chunks for. */
  void beginNoMore() {
    limit = Math.min(limit, furthest + 1);
  }

  /** The round of the slowest worker; without any, the one that the next to come begins with. */
  int slowest() {
    return paces.values().stream().mapToInt(Pace::clock).min().orElse(planned);
  }

  boolean mayBegin(int clock) {
    return clock < limit && clock - slowest() <= staleness;
  }

  /** Whether all rounds are over. */
  boolean isOver() {
    return slowest() >= limit;
  }

  /** Something is sent for this round. */
  void reaches(int clock) {
    furthest = Math.max(furthest, clock);
  }

  /** The last round that anything has been sent for. */
  int furthest() {
    return furthest;
  }

  /** The plan of a round; settled by this call if it is the first one's for the round. */
  Plan planOf(int clock, Supplier<Plan> current) {
    if (clock == planned) {
      Plan plan = current.get();
      plans.put(clock, plan);
      plans.keySet().removeIf(old -> old < slowest());
      planned++;
      for (WorkerId worker : plan.workers()) {
        if (!plan.holding(worker).isEmpty()) {
          paces.computeIfAbsent(worker, newcomer -> new Pace(clock, chunks));
        }
      }
    }
    return plans.get(clock);
  }

  /** With nobody under way: settles the plan of the next round. */
  void restart(Supplier<Plan> current) {
    if (planned < limit) {
      planOf(planned, current);
    }
  }

  Optional<Pace> of(WorkerId worker) {
    return Optional.ofNullable(paces.get(worker));
  }

  void remove(WorkerId worker) {
    paces.remove(worker);
  }

  boolean isEmpty() {
    return paces.isEmpty();
  }

  Collection<WorkerId> workers() {
    return List.copyOf(paces.keySet());
  }
}
