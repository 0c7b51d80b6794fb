package io.cordee.server.training;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.team.LeasePlanner;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is connected, and the plans: the one that rounds go by, and the one that the team is loading
 * rows for.
 *
 * <p>A new plan takes the place of the one before when everybody in it is prepared, at the next
 * border between rounds; so a newcomer does not stop the others.
 */
final class Roster {

  private static final class Member {
    final int threads;
    boolean hasFoundData;

    /** Whether it has been sent the current version in full, and every chunk stepped since. */
    boolean isInSync;

    Member(int threads) {
      this.threads = threads;
    }
  }

  private final LeasePlanner planner;
  private final Map<WorkerId, Member> members = new LinkedHashMap<>();
  private Plan active = new Plan(0, Map.of());
  private Optional<Plan> pending = Optional.empty();
  private final Set<WorkerId> prepared = new HashSet<>();
  private int plans;

  Roster(ReductionTree tree) {
    planner = new LeasePlanner(tree);
  }

  void add(WorkerId worker, int threads) {
    members.put(worker, new Member(threads));
  }

  /** Returns whether it was there. */
  boolean remove(WorkerId worker) {
    prepared.remove(worker);
    return members.remove(worker) != null;
  }

  boolean has(WorkerId worker) {
    return members.containsKey(worker);
  }

  Collection<WorkerId> connected() {
    return List.copyOf(members.keySet());
  }

  void hasFoundData(WorkerId worker) {
    members.get(worker).hasFoundData = true;
  }

  /** Those who can be planned with. */
  List<WorkerId> ready() {
    return members.keySet().stream().filter(worker -> members.get(worker).hasFoundData).toList();
  }

  /**
   * Shares the partitions among those who are ready; the new plan is pending until all of them are
   * prepared.
   */
  Plan plan() {
    List<WorkerId> ready = ready();
    List<BitSet> shares = planner.share(ready.stream().map(w -> members.get(w).threads).toList());
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    for (int i = 0; i < ready.size(); i++) {
      holdings.put(ready.get(i), shares.get(i));
    }
    Plan plan = new Plan(++plans, holdings);
    pending = Optional.of(plan);
    prepared.clear();
    return plan;
  }

  void forgetPending() {
    pending = Optional.empty();
  }

  void prepared(WorkerId worker, int plan) {
    if (pending.isPresent() && pending.get().number() == plan) {
      prepared.add(worker);
    }
  }

  /** Makes the pending plan the active one if everybody in it is prepared; whether it did. */
  boolean activate() {
    if (pending.isEmpty() || !prepared.containsAll(pending.get().workers())) {
      return false;
    }
    active = pending.get();
    pending = Optional.empty();
    for (Map.Entry<WorkerId, Member> entry : members.entrySet()) {
      entry.getValue().isInSync &= !active.holding(entry.getKey()).isEmpty();
    }
    return true;
  }

  /** The plan that rounds go by, without those who have left. */
  Plan active() {
    Map<WorkerId, BitSet> holdings = new LinkedHashMap<>();
    for (WorkerId worker : active.workers()) {
      if (members.containsKey(worker)) {
        holdings.put(worker, active.holding(worker));
      }
    }
    return new Plan(active.number(), holdings);
  }

  /**
   * Whether the worker still has to be sent the current version in full; from now on it does not.
   */
  boolean bringIntoSync(WorkerId worker) {
    Member member = members.get(worker);
    boolean wasBehind = !member.isInSync;
    member.isInSync = true;
    return wasBehind;
  }

  /** Those who are sent every chunk as it is stepped. */
  List<WorkerId> inSync() {
    return members.keySet().stream().filter(worker -> members.get(worker).isInSync).toList();
  }
}
