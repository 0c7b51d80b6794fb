package io.cordee.worker.compute;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The partitions of one lease, and their sums: one to be sent for each maximal subtree that they
 * fill. Those that no thread has begun can be given up. Thread-safe.
 *
 * @param <V> what is added
 */
final class LeasedPartitions<V> {

  /** In nanoseconds. Moving partitions takes as long, as sums are sent in more parts. */
  private static final double WORTH_MOVING = 5e6;

  private final ReductionTree tree;
  private final TreeReduction<V> reduction;
  private final BitSet leased;
  private final BitSet unbegun;
  private List<Integer> maximal;

  /** When the first one was begun. */
  private OptionalLong start = OptionalLong.empty();

  LeasedPartitions(ReductionTree tree, TreeReduction<V> reduction, BitSet partitions) {
    this.tree = tree;
    this.reduction = reduction;
    this.leased = (BitSet) partitions.clone();
    this.unbegun = (BitSet) partitions.clone();
    this.maximal = tree.maximalNodes(leased);
  }

  /** A thread is about to compute the partition; false if it has been given up. */
  synchronized boolean begin(int partition, long now) {
    start = start.isEmpty() ? OptionalLong.of(now) : start;
    boolean isOurs = unbegun.get(partition);
    unbegun.clear(partition);
    return isOurs;
  }

  synchronized void finished(int partition, V value) {
    reduction.offer(tree.leaf(partition), value);
  }

  /**
   * Gives up the last of those that no thread has begun: as many as another worker computes while
   * the rest is done here; none where that would not be worth it.
   *
   * @param nanos the other worker takes per partition
   */
  synchronized BitSet spare(long nanos, long now) {
    BitSet spared = new BitSet();
    double begun = leased.cardinality() - unbegun.cardinality();
    // Of those begun, the last is half done, as far as is known.
    double own = start.isEmpty() ? nanos : (now - start.getAsLong()) / Math.max(0.5, begun - 0.5);
    int all = unbegun.cardinality();
    int count = (int) Math.min(all, (all + 1) * own / Math.max(1, own + nanos));
    if (count * own < WORTH_MOVING) {
      return spared;
    }
    for (int last = unbegun.length() - 1; count > 0; count--) {
      spared.set(last);
      last = unbegun.previousSetBit(last - 1);
    }
    unbegun.andNot(spared);
    leased.andNot(spared);
    maximal = tree.maximalNodes(leased);
    return spared;
  }

  /** Takes the sums that are to be sent now, by their nodes. */
  synchronized Map<Integer, V> takeReady() {
    Map<Integer, V> ready = new HashMap<>();
    for (int node : maximal) {
      reduction.take(node).ifPresent(sum -> ready.put(node, sum));
    }
    return ready;
  }
}
