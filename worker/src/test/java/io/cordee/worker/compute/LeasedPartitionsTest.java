package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeasedPartitionsTest {

  private static final long MILLI = 1_000_000;

  private static LeasedPartitions<Long> lease(ReductionTree tree, BitSet partitions) {
    return new LeasedPartitions<>(
        tree, new TreeReduction<>(tree, Long::sum, gone -> {}), partitions);
  }

  private static BitSet range(int from, int to) {
    BitSet range = new BitSet();
    range.set(from, to);
    return range;
  }

  @Test
  void anEqualIsGivenTheLaterHalfOfWhatIsNotBegun() {
    LeasedPartitions<Long> lease = lease(new ReductionTree(8), range(0, 8));
    assertTrue(lease.begin(0, 0));
    assertTrue(lease.begin(1, 100 * MILLI));
    assertTrue(lease.begin(2, 200 * MILLI));
    assertEquals(range(5, 8), lease.spare(100 * MILLI, 250 * MILLI));
    assertEquals(range(4, 5), lease.spare(100 * MILLI, 250 * MILLI));
    assertFalse(lease.begin(4, 300 * MILLI));
    assertTrue(lease.begin(3, 300 * MILLI));
    assertEquals(new BitSet(), lease.spare(100 * MILLI, 350 * MILLI));
  }

  @ParameterizedTest
  @CsvSource({"10, 9", "100, 5", "900, 1", "1000, 0", "0, 9"})
  void sharesGoBySpeed(long othersMillis, int spared) {
    LeasedPartitions<Long> lease = lease(new ReductionTree(10), range(0, 10));
    lease.begin(0, 0);
    assertEquals(
        range(10 - spared, 10), lease.spare(othersMillis * MILLI, 50 * MILLI), "of 100 ms");
  }

  /** Of partitions that take 2 ms, two are not worth it. */
  @ParameterizedTest
  @CsvSource({"10, 5", "6, 3", "5, 0", "4, 0"})
  void aFewMillisecondsAreNotWorthMovingAnything(int partitions, int spared) {
    LeasedPartitions<Long> lease = lease(new ReductionTree(partitions), range(0, partitions));
    lease.begin(0, 0);
    assertEquals(range(partitions - spared, partitions), lease.spare(2 * MILLI, MILLI));
  }

  @Test
  void whatWaitedForSparedPartitionsIsReady() {
    LeasedPartitions<Long> lease = lease(new ReductionTree(4), range(0, 4));
    for (int partition : new int[] {0, 1}) {
      lease.begin(partition, 0);
      lease.finished(partition, 1L);
    }
    assertEquals(Map.of(), lease.takeReady());
    lease.begin(2, 0);
    assertEquals(range(3, 4), lease.spare(0, 100 * MILLI));
    assertEquals(Map.of(2, 2L), lease.takeReady());
    lease.finished(2, 1L);
    assertEquals(Map.of(6, 1L), lease.takeReady());
  }

  /** Begun and finished by several threads in any order, spared now and then. */
  @Property(tries = 1000)
  void everyPartitionIsInExactlyOneSumOrSpared(
      @ForAll @IntRange(min = 1, max = 40) int partitions, @ForAll long seed) {
    Random random = new Random(seed);
    ReductionTree tree = new ReductionTree(partitions);
    BitSet leased = new BitSet();
    for (int partition = 0; partition < partitions; partition++) {
      leased.set(partition, random.nextInt(4) > 0);
    }
    LeasedPartitions<Long> lease = lease(tree, leased);
    List<Integer> tasks = new ArrayList<>(leased.stream().boxed().toList());
    List<Integer> running = new ArrayList<>();
    Map<Integer, Long> sent = new HashMap<>();
    BitSet spared = new BitSet();
    while (!tasks.isEmpty() || !running.isEmpty()) {
      int what = random.nextInt(5);
      if (what == 0) {
        BitSet more = lease.spare(random.nextInt(100) * MILLI, random.nextInt(100) * MILLI);
        assertFalse(more.intersects(spared));
        spared.or(more);
      } else if (!tasks.isEmpty() && (what < 3 || running.isEmpty())) {
        int next = tasks.remove(0);
        if (lease.begin(next, 0)) {
          running.add(next);
        } else {
          sent.putAll(lease.takeReady());
        }
      } else if (!running.isEmpty()) {
        Collections.shuffle(running, random);
        int done = running.remove(0);
        lease.finished(done, 1L << done);
        sent.putAll(lease.takeReady());
      }
    }
    leased.andNot(spared);
    assertEquals(
        Map.copyOf(sums(tree, leased)), sent, "one sum for each maximal subtree of what is left");
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
