package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.ReductionTree;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LeasePlannerTest {

  @Property
  void everyPartitionIsHeldOnceInContiguousRunsNearTheEvenShare(
      @ForAll @IntRange(min = 1, max = 300) int partitions,
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 8) Integer> threads) {
    List<BitSet> shares = new LeasePlanner(new ReductionTree(partitions)).share(threads);
    int total = threads.stream().mapToInt(Integer::intValue).sum();
    int next = 0;
    for (int w = 0; w < shares.size(); w++) {
      BitSet share = shares.get(w);
      double even = (double) partitions * threads.get(w) / total;
      assertEquals(share.isEmpty() ? next : share.nextSetBit(0), next);
      next += share.cardinality();
      assertEquals(share.length(), share.isEmpty() ? 0 : next);
      assertTrue(Math.abs(share.cardinality() - even) <= 1 + 0.05 * even + 1e-9);
    }
    assertEquals(partitions, next);
  }

  @Property
  void aTeamOfAPowerOfTwoSendsOneContributionEach(
      @ForAll @IntRange(min = 0, max = 4) int log2, @ForAll @IntRange(min = 1, max = 9) int each) {
    int workers = 1 << log2;
    ReductionTree tree = new ReductionTree(workers * each);
    for (BitSet share : new LeasePlanner(tree).share(Collections.nCopies(workers, 2))) {
      assertEquals(1, tree.maximalNodes(share).size());
    }
  }

  @Test
  void aBorderMovesToWhereLargerSubtreesMeet() {
    // 3 workers, 96 partitions: even borders 32 and 64; subtrees of 12 meet at 36 and 60, but
    // within the slack of 0 each stays. With 1024 partitions the even border 341 moves by up to 8.
    ReductionTree tree = new ReductionTree(1024);
    List<BitSet> shares = new LeasePlanner(tree).share(List.of(1, 1, 1));
    assertEquals(336, shares.get(0).cardinality());
    assertEquals(3, tree.maximalNodes(shares.get(0)).size());
  }

  @Test
  void workersBeyondThePartitionsHoldNothing() {
    List<BitSet> shares = new LeasePlanner(new ReductionTree(3)).share(List.of(1, 1, 1, 1, 1));
    assertEquals(3, shares.stream().mapToInt(BitSet::cardinality).sum());
    assertTrue(shares.stream().allMatch(share -> share.cardinality() <= 1));
  }

  @Property
  void sharesBySpeedAreDoneAsEarlyAsCanBe(
      @ForAll @IntRange(min = 0, max = 60) int count,
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 40) Integer> tenths) {
    List<Double> speeds = tenths.stream().map(tenth -> tenth / 10.0).toList();
    BitSet odd = new BitSet();
    for (int i = 0; i < count; i++) {
      odd.set(2 * i + 1);
    }
    List<BitSet> shares = LeasePlanner.shareBySpeed(odd, speeds);
    BitSet all = new BitSet();
    int before = -1;
    double last = 0;
    double firstWithOneMore = Double.POSITIVE_INFINITY;
    for (int w = 0; w < speeds.size(); w++) {
      BitSet share = shares.get(w);
      assertTrue(share.isEmpty() || share.nextSetBit(0) > before, "runs follow each other");
      before = Math.max(before, share.length() - 1);
      all.or(share);
      last = Math.max(last, share.cardinality() / speeds.get(w));
      firstWithOneMore = Math.min(firstWithOneMore, (share.cardinality() + 1) / speeds.get(w));
    }
    assertEquals(odd, all);
    // Any partition moved would be done later than the last one now.
    assertTrue(last <= firstWithOneMore + 1e-9, last + " " + firstWithOneMore);
  }

  @Test
  void whoWouldNeedLongerForOneThanTheOthersForAllGetsNone() {
    BitSet eight = new BitSet();
    eight.set(0, 8);
    List<BitSet> shares = LeasePlanner.shareBySpeed(eight, List.of(1.0, 0.1, 1.0));
    assertEquals(List.of(4, 0, 4), shares.stream().map(BitSet::cardinality).toList());
  }
}
