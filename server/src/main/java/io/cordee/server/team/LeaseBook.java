package io.cordee.server.team;

import io.cordee.common.job.Slices;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * Who has been asked to compute which unit (a partition, or a slice of the evaluated rows) in the
 * current round. A unit may have several holders: the first to deliver counts.
 */
public final class LeaseBook {

  /** The last one to be asked. */
  private final WorkerId[] holders;

  /** What workers still hold that was later leased to another. */
  private final Map<WorkerId, BitSet> earlier = new LinkedHashMap<>();

  /** The units whose rows a holder of these partitions has. */
  private final UnaryOperator<BitSet> ofPartitions;

  public LeaseBook(int partitions) {
    this(partitions, UnaryOperator.identity());
  }

  public LeaseBook(Slices slices) {
    this(slices.count(), slices::beside);
  }

  private LeaseBook(int units, UnaryOperator<BitSet> ofPartitions) {
    this.holders = new WorkerId[units];
    this.ofPartitions = ofPartitions;
  }

  /**
   * Leases units that are neither held nor covered to their holders in the plan.
   *
   * @param room the most of each
   * @return what each worker is to be asked for now; workers without anything new are left out
   */
  public Map<WorkerId, BitSet> assign(
      Plan plan, IntPredicate covered, ToIntFunction<WorkerId> room) {
    Map<WorkerId, BitSet> leases = new LinkedHashMap<>();
    for (WorkerId worker : plan.workers()) {
      BitSet lease = ofPartitions.apply(plan.holding(worker));
      int left = room.applyAsInt(worker);
      for (int unit = lease.nextSetBit(0); unit >= 0; unit = lease.nextSetBit(unit + 1)) {
        if (holders[unit] != null || covered.test(unit) || left == 0) {
          lease.clear(unit);
        } else {
          left--;
          holders[unit] = worker;
        }
      }
      if (!lease.isEmpty()) {
        leases.put(worker, lease);
      }
    }
    return leases;
  }

  /** Leases these to this worker, even if others hold them. */
  public void lease(WorkerId worker, BitSet units) {
    for (int unit = units.nextSetBit(0); unit >= 0; unit = units.nextSetBit(unit + 1)) {
      if (holders[unit] != null) {
        earlier.computeIfAbsent(holders[unit], w -> new BitSet()).set(unit);
      }
      holders[unit] = worker;
    }
  }

  /** Nothing is to be expected of the worker: what it alone held can be leased again. */
  public void release(WorkerId worker) {
    earlier.remove(worker);
    for (int unit = 0; unit < holders.length; unit++) {
      if (worker.equals(holders[unit])) {
        holders[unit] = anEarlierHolder(unit);
      }
    }
  }

  private WorkerId anEarlierHolder(int unit) {
    for (Map.Entry<WorkerId, BitSet> entry : earlier.entrySet()) {
      if (entry.getValue().get(unit)) {
        entry.getValue().clear(unit);
        return entry.getKey();
      }
    }
    return null;
  }

  /** Returns whether this worker was the last to be asked for something that nothing covers. */
  boolean owes(WorkerId worker, IntPredicate covered) {
    for (int unit = 0; unit < holders.length; unit++) {
      if (worker.equals(holders[unit]) && !covered.test(unit)) {
        return true;
      }
    }
    return false;
  }

  /** What this worker was the last to be asked for, and nothing covers. */
  public BitSet owedBy(WorkerId worker, IntPredicate covered) {
    BitSet owed = new BitSet(holders.length);
    for (int unit = 0; unit < holders.length; unit++) {
      if (worker.equals(holders[unit]) && !covered.test(unit)) {
        owed.set(unit);
      }
    }
    return owed;
  }

  /** What is neither covered nor held by anyone. */
  public BitSet orphans(IntPredicate covered) {
    BitSet orphans = new BitSet();
    for (int unit = 0; unit < holders.length; unit++) {
      if (holders[unit] == null && !covered.test(unit)) {
        orphans.set(unit);
      }
    }
    return orphans;
  }
}
