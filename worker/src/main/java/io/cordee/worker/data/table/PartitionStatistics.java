package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Mistakes;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.Targets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;

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
    List<ColumnPlan> plans,
    Targets.Format targets,
    int values) {

  interface Look {
    void add(TableStatistics to, TextReader row, Targets ofRow);
  }

  /** Findings of one thread: texts and ids, whose order does not matter, and mistakes. */
  private record Found(TableStatistics texts, Mistakes mistakes) {}

  /**
   * In one pass over the file: numbers and ids of these rows, and texts of all, so that the number
   * of inputs does not depend on how rows are split.
   *
   * @throws DataException with all wrong rows, or the first ones; if the file has changed; if a
   *     column has too many texts or ids
   */
  TableStatistics all(Look look) {
    ReductionTree tree = new ReductionTree(partitions.count());
    TreeReduction<TableStatistics> sums =
        new TreeReduction<>(tree, TableStatistics::plus, added -> {});
    long[] borders = borders();
    Map<Integer, Found> shares = new ConcurrentSkipListMap<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    partitions.share(
        file.index().size(),
        (from, to) -> {
          Found its = new Found(new TableStatistics(plans, values), new Mistakes());
          shares.put(from, its);
          try {
            add(from, to, borders, look, its, tree, sums, failure);
          } catch (RuntimeException | OutOfMemoryError e) {
            if (!its.mistakes.areMany()) {
              failure.compareAndSet(null, e);
            }
          }
        });
    if (failure.get() instanceof OutOfMemoryError e) {
      throw e;
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
    Mistakes mistakes = new Mistakes();
    shares.values().forEach(its -> mistakes.plus(its.mistakes));
    mistakes.throwAny();
    TableStatistics all = sums.take(ReductionTree.ROOT).orElseThrow(); // with the first texts
    for (Found its : shares.values()) {
      all.plusTexts(its.texts);
      all.requireFew(file.name());
    }
    return all;
  }

  /** The rows of the file before each partition, and all. */
  private long[] borders() {
    long[] borders = new long[partitions.count() + 1];
    for (int partition = 1; partition < partitions.count(); partition++) {
      long row = part.isEmpty() ? partitions.from(partition) : borders[partition - 1];
      for (int left = part.isEmpty() ? 0 : partitions.size(partition - 1); left > 0; left--) {
        row = part.get().nextSetBit((int) row) + 1;
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
      Look look,
      Found found,
      ReductionTree tree,
      TreeReduction<TableStatistics> sums,
      AtomicReference<Throwable> failure) {
    Targets ofRow = targets.of(1);
    Targets unread = new Targets.None(ofRow.width());
    boolean hasTexts = found.texts.hasTexts();
    long[] row = {borders[from]};
    try (TextCursor cursor = new TextCursor(file, Optional.empty(), TableEncoding.NONE, targets)) {
      cursor.skip(borders[from]);
      for (int partition = from; partition < to; partition++) {
        TableStatistics its = found.texts.next();
        cursor.forEach(
            borders[partition + 1] - borders[partition],
            reader -> {
              if (failure.get() != null) {
                throw new DataException("another thread has failed");
              }
              if (part.isEmpty() || part.get().get((int) row[0]++)) {
                found.mistakes.in(() -> look.add(its, reader, ofRow));
              } else if (hasTexts) {
                found.mistakes.in(() -> reader.read(found.texts::putOther, unread, 0));
              }
              found.texts.requireFew(file.name());
            });
        synchronized (sums) {
          sums.offer(tree.leaf(partition), its);
        }
        if (from == 0) { // others are as far
          file.index().progress().accept("statistics, %d %%".formatted(100 * (partition + 1) / to));
        }
      }
      if (to == partitions.count()) {
        cursor.requireEnd();
      }
    }
  }
}
