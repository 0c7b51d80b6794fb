package io.cordee.worker.compute;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The partitions of one lease, and their sums: one to be sent for each maximal subtree that they
 * fill. Thread-safe.
 *
 * @param <V> what is added
 */
final class LeasedPartitions<V> {

  private final ReductionTree tree;
  private final TreeReduction<V> reduction;
  private final List<Integer> maximal;

  LeasedPartitions(ReductionTree tree, TreeReduction<V> reduction, BitSet partitions) {
    this.tree = tree;
    this.reduction = reduction;
    this.maximal = tree.maximalNodes(partitions);
  }

  /** Adds a partition's value, and takes the sums that are to be sent now, by their nodes. */
  synchronized Map<Integer, V> finished(int partition, V value) {
    reduction.offer(tree.leaf(partition), value);
    Map<Integer, V> ready = new HashMap<>();
    for (int node : maximal) {
      reduction.take(node).ifPresent(sum -> ready.put(node, sum));
    }
    return ready;
  }
}
