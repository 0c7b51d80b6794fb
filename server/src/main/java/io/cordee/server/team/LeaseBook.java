package io.cordee.server.team;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Who has been asked to compute which unit (a partition, or a slice of the test rows) in the
 * current round.
 */
public final class LeaseBook {

  private final WorkerId[] holders;

  public LeaseBook(int units) {
    holders = new WorkerId[units];
  }

  /**
   * Leases what nobody holds and nothing covers to those who hold it in the plan.
   *
   * @return what each worker is to be asked for now; workers without anything new are left out
   */
  public Map<WorkerId, BitSet> assign(Plan plan, IntPredicate covered) {
    Map<WorkerId, BitSet> leases = new LinkedHashMap<>();
    for (WorkerId worker : plan.workers()) {
      BitSet lease = plan.holding(worker);
      lease.clear(holders.length, Math.max(holders.length, lease.length()));
      for (int unit = lease.nextSetBit(0); unit >= 0; unit = lease.nextSetBit(unit + 1)) {
        if (holders[unit] != null || covered.test(unit)) {
          lease.clear(unit);
        } else {
          holders[unit] = worker;
        }
      }
      if (!lease.isEmpty()) {
        leases.put(worker, lease);
      }
    }
    return leases;
  }

  /** The worker is gone: what it held can be leased again. */
  public void release(WorkerId worker) {
    for (int unit = 0; unit < holders.length; unit++) {
      if (worker.equals(holders[unit])) {
        holders[unit] = null;
      }
    }
  }

  /** Whether something is neither covered nor held by anyone. */
  public boolean hasOrphans(IntPredicate covered) {
    for (int unit = 0; unit < holders.length; unit++) {
      if (holders[unit] == null && !covered.test(unit)) {
        return true;
      }
    }
    return false;
  }
}
