package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.kernel.Vectors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TreeReductionTest {

  private static final int LENGTH = 3;

  @Property(tries = 400)
  void anyTeamOrderGroupingAndDuplicatesGiveTheBitsOfThePlainRecursion(
      @ForAll @IntRange(min = 1, max = 40) int partitions,
      @ForAll @IntRange(min = 1, max = 9) int workers,
      @ForAll boolean byFours,
      @ForAll long seed) {
    Random random = new Random(seed);
    ReductionTree tree = new ReductionTree(partitions);
    float[][] leaves = randomLeaves(partitions, random);
    List<Integer> arrivals = new ArrayList<>();
    for (BitSet held : randomTeam(partitions, workers, random)) {
      arrivals.addAll(tree.maximalNodes(held));
    }
    // Recomputed work: a few nodes of any size a second time.
    for (int i = random.nextInt(6); i > 0; i--) {
      int leaf = tree.leaf(random.nextInt(partitions));
      arrivals.add(leaf >> random.nextInt(32 - Integer.numberOfLeadingZeros(leaf)));
    }
    Collections.shuffle(arrivals, random);

    TreeReduction<float[]> reduction =
        byFours ? byFours(tree, new ArrayList<>()) : reduction(tree, new ArrayList<>());
    for (int node : arrivals) {
      reduction.offer(node, plainSum(tree.span(node), leaves));
    }

    assertTrue(reduction.isComplete());
    assertArrayEquals(
        plainSum(new ReductionTree.Span(0, partitions), leaves),
        reduction.take(ReductionTree.ROOT).orElseThrow());
  }

  @Property(tries = 200)
  void everyValueIsLetGoExactlyOnceExceptTheRoot(
      @ForAll @IntRange(min = 1, max = 20) int partitions,
      @ForAll boolean byFours,
      @ForAll long seed) {
    Random random = new Random(seed);
    ReductionTree tree = new ReductionTree(partitions);
    List<float[]> given = new ArrayList<>();
    List<float[]> gone = new ArrayList<>();
    TreeReduction<float[]> reduction = byFours ? byFours(tree, gone) : reduction(tree, gone);
    List<Integer> order = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      order.add(tree.leaf(p));
      order.add(tree.leaf(p));
    }
    Collections.shuffle(order, random);
    for (int node : order) {
      float[] value = new float[LENGTH];
      given.add(value);
      reduction.offer(node, value);
    }
    gone.add(reduction.take(ReductionTree.ROOT).orElseThrow());
    assertEquals(given.size(), gone.size());
    for (float[] value : given) {
      assertEquals(1, gone.stream().filter(other -> other == value).count());
    }
  }

  @Test
  void aNodeAboveReplacesWhatWasReceivedBelowIt() {
    ReductionTree tree = new ReductionTree(4);
    List<float[]> gone = new ArrayList<>();
    TreeReduction<float[]> reduction = reduction(tree, gone);
    float[] below = {1, 1, 1};
    float[] above = {5, 5, 5};
    assertEquals(4, reduction.offer(4, below).orElseThrow());
    assertEquals(2, reduction.offer(2, above).orElseThrow());
    assertEquals(List.of(below), gone);
    assertFalse(reduction.isComplete());
    assertTrue(reduction.offer(5, new float[LENGTH]).isEmpty());
    assertEquals(1, reduction.offer(3, new float[] {1, 2, 3}).orElseThrow());
    assertArrayEquals(new float[] {6, 7, 8}, reduction.take(1).orElseThrow());
  }

  @Test
  void foursAreAddedInOnePass() {
    List<Integer> passes = new ArrayList<>();
    TreeReduction<float[]> reduction =
        new TreeReduction<>(new ReductionTree(16), new Fours(passes), value -> {});
    for (int node = 16; node < 32; node++) {
      reduction.offer(node, new float[LENGTH]);
    }
    assertTrue(reduction.isComplete());
    assertEquals(List.of(4, 4, 4, 4, 4), passes);
  }

  @Test
  void aPairIsAddedAtOnceWhereNoOtherPairCanCome() {
    List<Integer> passes = new ArrayList<>();
    TreeReduction<float[]> reduction =
        new TreeReduction<>(new ReductionTree(4), new Fours(passes), value -> {});
    reduction.offer(4, new float[LENGTH]);
    reduction.offer(5, new float[LENGTH]);
    assertEquals(List.of(), passes);
    reduction.offer(3, new float[LENGTH]);
    assertTrue(reduction.isComplete());
    assertEquals(List.of(2, 2), passes);
  }

  @Test
  void aNodeOutsideTheTreeIsRefused() {
    TreeReduction<float[]> reduction = reduction(new ReductionTree(3), new ArrayList<>());
    for (int node : new int[] {-1, 0, 6, 7, 8, Integer.MAX_VALUE}) {
      // Over three partitions: root 1, its left child 2 with leaves 4 and 5, leaf 3.
      assertThrows(IllegalArgumentException.class, () -> reduction.offer(node, new float[LENGTH]));
    }
  }

  @Test
  void anOrderOfAdditionThatIsNotTheTreesWouldShow() {
    // Guards the property above: its random leaves must be such that order matters.
    float[][] leaves = randomLeaves(8, new Random(1));
    float[] straight = leaves[0].clone();
    for (int p = 1; p < 8; p++) {
      Vectors.add(straight, leaves[p], LENGTH);
    }
    float[] tree = plainSum(new ReductionTree.Span(0, 8), leaves);
    assertFalse(java.util.Arrays.equals(straight, tree));
  }

  private static TreeReduction<float[]> reduction(ReductionTree tree, List<float[]> gone) {
    return new TreeReduction<>(
        tree,
        (left, right) -> {
          Vectors.add(left, right, LENGTH);
          return left;
        },
        gone::add);
  }

  private static TreeReduction<float[]> byFours(ReductionTree tree, List<float[]> gone) {
    return new TreeReduction<>(tree, new Fours(new ArrayList<>()), gone::add);
  }

  /** Records how many values each pass added. */
  private record Fours(List<Integer> passes) implements TreeReduction.QuadAdder<float[]> {
    @Override
    public float[] add(float[] left, float[] right) {
      passes.add(2);
      Vectors.add(left, right, LENGTH);
      return left;
    }

    @Override
    public float[] add(float[] a, float[] b, float[] c, float[] d) {
      passes.add(4);
      Vectors.addFour(a, b, c, d, LENGTH);
      return a;
    }
  }

  private static float[][] randomLeaves(int partitions, Random random) {
    float[][] leaves = new float[partitions][LENGTH];
    for (float[] leaf : leaves) {
      for (int i = 0; i < LENGTH; i++) {
        leaf[i] = (float) random.nextGaussian() * (float) Math.pow(10, random.nextInt(7));
      }
    }
    return leaves;
  }

  /** By definition: the sum of the first half, rounded up, plus that of the rest. */
  private static float[] plainSum(ReductionTree.Span span, float[][] leaves) {
    if (span.size() == 1) {
      return leaves[span.from()].clone();
    }
    int middle = span.from() + (span.size() + 1) / 2;
    float[] left = plainSum(new ReductionTree.Span(span.from(), middle), leaves);
    float[] right = plainSum(new ReductionTree.Span(middle, span.to()), leaves);
    float[] sum = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  private static List<BitSet> randomTeam(int partitions, int workers, Random random) {
    List<BitSet> team = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      team.add(new BitSet());
    }
    for (int p = 0; p < partitions; p++) {
      team.get(random.nextInt(workers)).set(p);
    }
    return team;
  }
}
