package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Mistakes;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.Targets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Statistics of rows, added up along the tree of gradient sums, so that any team could do it.
 *
 * @param part the rows of the file; empty for all
 * @param values how many of a row's targets are values to look at
 */
record PartitionStatistics(
    TextFile file,
    Optional<BitSet> part,
    Partitions partitions,
    List<TableStatistics.Plan> plans,
    Targets.Format targets,
    int values) {

  /**
   * In one pass over the file: numbers and ids of these rows, and texts of all, so that the number
   * of inputs does not depend on how rows are split.
   *
   * @throws DataException with all wrong rows, or many of them
   */
  TableStatistics all() {
    TreeReduction<TableStatistics> sums =
        new TreeReduction<>(
            new ReductionTree(partitions.count()), TableStatistics::plus, added -> {});
    long[] borders = borders();
    try {
      partitions.share(
          file.index().size(), (from, to) -> add(from, to, borders, Runnable::run, sums));
    } catch (DataException e) {
      Mistakes mistakes = new Mistakes();
      add(0, partitions.count(), borders, mistakes::in, sums);
      mistakes.throwAny();
      throw e;
    }
    return sums.take(ReductionTree.ROOT).orElseThrow();
  }

  /** The rows of the file before each partition, and all. */
  private long[] borders() {
    long[] borders = new long[partitions.count() + 1];
    long row = 0;
    for (int partition = 1; partition < partitions.count(); partition++) {
      for (long left = partitions.size(partition - 1); left > 0; left--, row++) {
        row = part.isEmpty() ? row : part.get().nextSetBit((int) row);
      }
      borders[partition] = row;
    }
    borders[partitions.count()] = file.index().rows();
    return borders;
  }

  private void add(
      int from,
      int to,
      long[] borders,
      Consumer<Runnable> read,
      TreeReduction<TableStatistics> sums) {
    Targets ofRow = targets.of(1);
    Targets unread = new Targets.None(ofRow.width());
    long[] row = {borders[from]};
    try (TextCursor cursor = new TextCursor(file, Optional.empty(), TableEncoding.NONE, targets)) {
      cursor.skip(borders[from]);
      for (int partition = from; partition < to; partition++) {
        TableStatistics its = new TableStatistics(plans, values);
        cursor.forEach(
            borders[partition + 1] - borders[partition],
            reader -> {
              if (part.isEmpty() || part.get().get((int) row[0]++)) {
                read.accept(() -> its.add(reader, ofRow));
              } else if (its.texts().areWanted()) {
                read.accept(() -> reader.read(its.texts(), unread, 0));
              }
            });
        synchronized (sums) {
          sums.offer(new ReductionTree(partitions.count()).leaf(partition), its);
        }
      }
    }
  }
}
