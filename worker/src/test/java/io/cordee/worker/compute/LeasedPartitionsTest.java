package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LeasedPartitionsTest {

  /** Finished by several threads in any order. */
  @Property(tries = 1000)
  void everyPartitionIsInExactlyOneSum(
      @ForAll @IntRange(min = 1, max = 40) int partitions, @ForAll long seed) {
    Random random = new Random(seed);
    ReductionTree tree = new ReductionTree(partitions);
    BitSet leased = new BitSet();
    for (int partition = 0; partition < partitions; partition++) {
      leased.set(partition, random.nextInt(4) > 0);
    }
    LeasedPartitions<Long> lease =
        new LeasedPartitions<>(tree, new TreeReduction<>(tree, Long::sum, gone -> {}), leased);
    List<Integer> order = new ArrayList<>(leased.stream().boxed().toList());
    Collections.shuffle(order, random);
    Map<Integer, Long> sent = new HashMap<>();
    order.forEach(done -> sent.putAll(lease.finished(done, 1L << done)));
    assertEquals(sums(tree, leased), sent, "one sum for each maximal subtree");
  }

  private static Map<Integer, Long> sums(ReductionTree tree, BitSet partitions) {
    Map<Integer, Long> sums = new HashMap<>();
    for (int node : tree.maximalNodes(partitions)) {
      ReductionTree.Span span = tree.span(node);
      sums.put(node, (1L << span.to()) - (1L << span.from()));
    }
    return sums;
  }
}
