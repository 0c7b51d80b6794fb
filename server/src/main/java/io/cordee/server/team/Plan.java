package io.cordee.server.team;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who computes which partitions.
 *
 * @param number later plans have higher numbers
 * @param holdings the partitions of each worker; every partition stands in one of them at most
 */
public record Plan(int number, Map<WorkerId, BitSet> holdings) {

  public Plan {
    holdings = new LinkedHashMap<>(holdings);
  }

  public Set<WorkerId> workers() {
    return holdings.keySet();
  }

  /** The same but for what these hold. */
  public Plan without(Set<WorkerId> some) {
    Map<WorkerId, BitSet> others = new LinkedHashMap<>(holdings);
    others.keySet().removeAll(some);
    return new Plan(number, others);
  }

  public List<WorkerId> holders() {
    return workers().stream().filter(worker -> !holdings.get(worker).isEmpty()).toList();
  }

  /** What this worker holds; nothing if it is not part of the plan. */
  public BitSet holding(WorkerId worker) {
    BitSet holding = holdings.get(worker);
    return holding == null ? new BitSet() : (BitSet) holding.clone();
  }
}
