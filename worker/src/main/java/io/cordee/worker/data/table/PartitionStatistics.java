package io.cordee.worker.data.table;

import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Partitions;
import java.util.function.Supplier;

/** Statistics of rows, added up along the tree of gradient sums, so that any team could do it. */
final class PartitionStatistics {

  private final Partitions partitions;
  private final Supplier<TableStatistics> none;
  private final ReductionTree tree;
  private final TreeReduction<TableStatistics> reduction;
  private TableStatistics current;
  private int partition;
  private long rows;

  PartitionStatistics(Partitions partitions, Supplier<TableStatistics> none) {
    this.partitions = partitions;
    this.none = none;
    tree = new ReductionTree(partitions.count());
    reduction = new TreeReduction<>(tree, TableStatistics::plus, added -> {});
    current = none.get();
  }

  /** Those of the partition that the next row is in. */
  TableStatistics ofNextRow() {
    if (rows == partitions.to(partition) && partition + 1 < partitions.count()) {
      reduction.offer(tree.leaf(partition), current);
      partition++;
      current = none.get();
    }
    rows++;
    return current;
  }

  /** After the last row. */
  TableStatistics all() {
    if (rows != partitions.rows()) {
      throw new DataException(
          "expected %d rows; found %d: has the file changed meanwhile?", partitions.rows(), rows);
    }
    reduction.offer(tree.leaf(partition), current);
    return reduction.take(ReductionTree.ROOT).orElseThrow();
  }
}
