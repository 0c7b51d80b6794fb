package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReductionTreeTest {

  @Property
  void leavesAreThePartitionsAndNothingLiesBelowThem(
      @ForAll @IntRange(min = 1, max = 1000) int partitions) {
    ReductionTree tree = new ReductionTree(partitions);
    for (int p = 0; p < partitions; p++) {
      int leaf = tree.leaf(p);
      assertEquals(new ReductionTree.Span(p, p + 1), tree.span(leaf));
      assertFalse(tree.contains(ReductionTree.left(leaf)));
      assertFalse(tree.contains(ReductionTree.right(leaf)));
    }
  }

  @Property
  void maximalNodesHoldExactlyThePartitionsGivenAndNoTwoAreSiblings(
      @ForAll @IntRange(min = 1, max = 60) int partitions, @ForAll long bits) {
    BitSet held = BitSet.valueOf(new long[] {bits});
    held.clear(partitions, 64);
    ReductionTree tree = new ReductionTree(partitions);
    List<Integer> nodes = tree.maximalNodes(held);
    BitSet found = new BitSet();
    for (int node : nodes) {
      found.set(tree.span(node).from(), tree.span(node).to());
      assertFalse(node > 1 && nodes.contains(ReductionTree.sibling(node)));
    }
    assertEquals(held, found);
  }

  @Property
  void aTeamOfAPowerOfTwoHoldsOneSubtreeEach(
      @ForAll @IntRange(min = 0, max = 5) int log2, @ForAll @IntRange(min = 1, max = 20) int each) {
    int workers = 1 << log2;
    ReductionTree tree = new ReductionTree(workers * each);
    for (int w = 0; w < workers; w++) {
      BitSet held = new BitSet();
      held.set(w * each, (w + 1) * each);
      assertEquals(1, tree.maximalNodes(held).size());
    }
  }

  @Test
  void ancestryIsReadFromTheNumbers() {
    assertTrue(ReductionTree.isSelfOrAncestor(1, 1));
    assertTrue(ReductionTree.isSelfOrAncestor(1, 13));
    assertTrue(ReductionTree.isSelfOrAncestor(3, 13));
    assertTrue(ReductionTree.isSelfOrAncestor(6, 13));
    assertFalse(ReductionTree.isSelfOrAncestor(2, 13));
    assertFalse(ReductionTree.isSelfOrAncestor(7, 13));
    assertFalse(ReductionTree.isSelfOrAncestor(13, 6));
  }
}
