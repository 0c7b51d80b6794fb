package io.cordee.worker.compute;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Job;
import io.cordee.worker.data.BatchSampler;
import io.cordee.worker.data.DataException;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.data.PartitionStore;
import io.cordee.worker.data.Partitions;
import io.cordee.worker.data.StoredRows;
import io.cordee.worker.model.Rows;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The rows that a worker holds of a job's data: whole partitions of the training rows, and the
 * slices of the test rows with the same numbers. One thread loads, any number read.
 */
public final class HeldRows {

  private final Columns columns;
  private final PartitionStore train;
  private final BatchSampler sampler;

  /** The test rows, in as many slices as partitions, or one for each row if there are fewer. */
  private final Optional<PartitionStore> test;

  private Set<Integer> previous = Set.of();

  /**
   * Opens the job's files; no rows are read yet.
   *
   * @param roots the worker's data folders; nothing outside of them is opened
   * @throws DataException if they are not there or do not fit the job
   */
  public HeldRows(Job job, List<Path> roots) {
    DataFolder folder = new DataFolder(roots, job.data().folder(), DataFolder.Reach.BELOW_ROOTS);
    DataSource whole = DataSource.open(job.data().train(), job.model(), folder);
    Optional<DataSource.Parts> parts = job.data().split().map(whole::split);
    DataSource raw = parts.map(DataSource.Parts::train).orElse(whole);
    Partitions partitions = Partitions.of(raw, job.partitions());
    DataSource source = raw.preprocessed(job.data().preprocessing(), partitions);
    columns = source.columns();
    train = new PartitionStore(source, partitions);
    sampler = new BatchSampler(job.batch(), partitions);
    test =
        job.data()
            .test()
            .map(spec -> DataSource.open(spec, job.model(), folder, columns))
            .or(() -> parts.map(both -> both.test().scaled(columns.scaling())))
            .map(
                rows -> {
                  requireColumnsOf(source, rows);
                  int count = (int) Math.max(1, Math.min(job.partitions(), rows.rows()));
                  return new PartitionStore(rows, Partitions.of(rows, count));
                });
  }

  private static void requireColumnsOf(DataSource train, DataSource test) {
    Optional<String> difference = train.columns().difference(test.columns());
    if (difference.isPresent()) {
      throw new DataException(
          "%s: its columns differ from those of %s: %s",
          test.name(), train.name(), difference.get());
    }
  }

  /** What is known of the columns of the training rows. */
  public Columns columns() {
    return columns;
  }

  public long trainRows() {
    return train.partitions().rows();
  }

  /** The most rows that a partition, or a slice of the test rows, has. */
  int largestPart() {
    return Math.max(largest(train), test.map(HeldRows::largest).orElse(0));
  }

  private static int largest(PartitionStore store) {
    Partitions parts = store.partitions();
    return IntStream.range(0, parts.count()).map(parts::size).max().orElse(1);
  }

  /** 0 if the job has none. */
  public long testRows() {
    return test.map(rows -> rows.partitions().rows()).orElse(0L);
  }

  /**
   * Loads these partitions, and the slices of the test rows with their numbers. What was wanted by
   * the call before stays too: rounds may still go by it.
   *
   * @throws DataException if any of their rows is wrong
   * @throws IllegalArgumentException if there is no such partition
   */
  public void hold(BitSet wanted) {
    require(wanted, train, "partition");
    Set<Integer> now = new HashSet<>(numbers(wanted));
    Set<Integer> kept = new HashSet<>(previous);
    kept.addAll(now);
    hold(train, now, kept);
    test.ifPresent(rows -> hold(rows, now, kept));
    previous = now;
  }

  private static void hold(PartitionStore store, Set<Integer> now, Set<Integer> kept) {
    int count = store.partitions().count(); // of slices there may be fewer
    store.load(now.stream().filter(number -> number < count).toList());
    store.keepOnly(kept);
  }

  /**
   * The rows of these partitions that enter the round at this version; they stay valid whatever is
   * held afterwards. Rounds may go by a plan since which others have come and gone: what these made
   * room for is read again.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  IntFunction<Rows> batches(BitSet wanted, int version) {
    require(wanted, train, "partition");
    Map<Integer, StoredRows> held = train.load(numbers(wanted));
    return partition -> sampler.rows(partition, version, held.get(partition));
  }

  /** These slices of the test rows, in the same way. */
  IntFunction<Rows> testSlices(BitSet wanted) {
    PartitionStore rows =
        test.orElseThrow(() -> new IllegalArgumentException("the job has no test rows"));
    require(wanted, rows, "slice of the test rows");
    return rows.load(numbers(wanted))::get;
  }

  private static void require(BitSet wanted, PartitionStore store, String what) {
    int count = store.partitions().count();
    if (wanted.length() > count) {
      throw new IllegalArgumentException(
          String.format(
              "the server asks for %s %d, counted from 0; the job has %d of them",
              what, wanted.length() - 1, count));
    }
  }

  private static List<Integer> numbers(BitSet wanted) {
    return wanted.stream().boxed().toList();
  }
}
