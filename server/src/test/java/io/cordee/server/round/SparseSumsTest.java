package io.cordee.server.round;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sums of rows that differ from node to node, beside the same sums of whole chunks. */
class SparseSumsTest {

  private static final int PARTITIONS = 13;
  private static final Table TABLE = new Table(-1, 12, 3);
  private static final int SIZE = 30;

  private final BufferPool pool = new BufferPool();
  private final ReductionTree tree = new ReductionTree(PARTITIONS);
  private final TreeReduction.QuadAdder<Contribution> adder =
      Contribution.adder(new NodeRounding(GradientFormat.FLOAT32, new Chunks(SIZE, SIZE, 1)));

  /** Round after round, so that an array that were given back twice would be in two places. */
  @Test
  void theyAreThoseOfWholeChunksToTheBit() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      TreeReduction<Contribution> sparse = reduction();
      TreeReduction<Contribution> whole = reduction();
      List<Integer> order = new ArrayList<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        order.add(partition);
      }
      Collections.shuffle(order, random);
      for (int partition : order) {
        SparseContribution some = contribution(0, tree.leaf(partition), random);
        float[] all = pool.take(SIZE);
        Arrays.fill(all, 0);
        some.part().put(some.sums(), all);
        whole.offer(some.node(), new DenseContribution(0, some.node(), 0, some.tally(), all));
        sparse.offer(some.node(), some);
      }
      Contribution expected = whole.take(ReductionTree.ROOT).orElseThrow();
      Contribution found = sparse.take(ReductionTree.ROOT).orElseThrow().whole(SIZE, pool);
      assertArrayEquals(expected.sums(), found.sums(), "round " + round);
      assertEquals(expected.tally(), found.tally());
      pool.giveBack(expected.sums());
      pool.giveBack(found.sums());
      assertNoneIsThereTwice();
    }
  }

  @Test
  void whatIsNotFiniteIsNamedAsItStands() {
    Optimizer optimizer =
        Optimizer.of(OptimizerCatalog.find("gd").orElseThrow().with(Map.of()), SIZE);
    Cadence cadence = new Cadence(1, false, 1, Optional.of(TABLE));
    Chunks chunks = new Chunks(SIZE, SIZE, 1);
    RoundBoard board = Boards.fresh(optimizer, chunks, tree, new float[SIZE], pool, cadence);
    SparseContribution last = contribution(0, ReductionTree.ROOT, new int[] {1, 7});
    last.sums()[3] = Float.NaN;
    board.offer(new SparseContribution(0, 1, 0, last.tally(), last.sums(), last.part()));
    assertEquals(OptionalInt.of(-1 + 7 * 3), board.notFinite());
  }

  private TreeReduction<Contribution> reduction() {
    return new TreeReduction<>(tree, adder, sum -> sum.giveBack(pool));
  }

  private SparseContribution contribution(int version, int node, Random random) {
    TreeSet<Integer> rows = new TreeSet<>();
    for (int count = random.nextInt(5) * random.nextInt(2); count > 0; count--) {
      rows.add(random.nextInt(TABLE.rows()));
    }
    SparseContribution some =
        contribution(version, node, rows.stream().mapToInt(Integer::intValue).toArray());
    for (int i = 0; i < some.sums().length; i++) {
      some.sums()[i] = random.nextFloat() - 0.5f;
    }
    return some;
  }

  private static SparseContribution contribution(int version, int node, int[] rows) {
    Subvector part = Subvector.of(TABLE, SIZE, rows);
    float[] sums = new float[part.values()];
    return new SparseContribution(version, node, 0, new Tally(1, 1, 0, 0), sums, part);
  }

  /** Takes out more than can be free of any length, and gives it back. */
  private void assertNoneIsThereTwice() {
    for (int length = 0; length <= SIZE; length++) {
      Map<float[], Boolean> taken = new IdentityHashMap<>();
      for (int i = 0; i < 2 * PARTITIONS; i++) {
        assertNull(taken.put(pool.take(length), true), "given back twice");
      }
      taken.keySet().forEach(pool::giveBack);
    }
  }
}
