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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows that a worker holds of a job's data: whole partitions of the training rows, and the
 * slices of the test rows with the same numbers. One thread loads, any number read.
 */
public final class HeldRows {

  /** The test rows, in as many slices as partitions, or one for each row if there are fewer. */
  private record TestRows(Partitions slices, PartitionStore store) {}

  private final Columns columns;
  private final Partitions partitions;
  private final PartitionStore store;
  private final BatchSampler sampler;
  private final Optional<TestRows> test;
  private Set<Integer> previous = Set.of();

  /**
   * Opens the job's files; no rows are read yet.
   *
   * @param roots the worker's data folders; nothing outside of them is opened
   * @throws DataException if they are not there or do not fit the job
   */
  public HeldRows(Job job, List<Path> roots) {
    DataFolder folder = new DataFolder(roots, job.data().folder(), DataFolder.Reach.BELOW_ROOTS);
    DataSource train = DataSource.open(job.data().train(), job.model(), folder);
    columns = train.columns();
    partitions = Partitions.of(train, job.partitions());
    store = new PartitionStore(train, partitions);
    sampler = new BatchSampler(job.batch(), partitions);
    test =
        job.data()
            .test()
            .map(spec -> DataSource.open(spec, job.model(), folder))
            .map(
                source -> {
                  requireColumnsOf(train, source);
                  int count = (int) Math.max(1, Math.min(job.partitions(), source.rows()));
                  Partitions slices = Partitions.of(source, count);
                  return new TestRows(slices, new PartitionStore(source, slices));
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

  /** What the header of the training rows calls their columns; unknown if there is none. */
  public Columns columns() {
    return columns;
  }

  public long trainRows() {
    return partitions.rows();
  }

  /** The most rows that a partition, or a slice of the test rows, has. */
  int largestPart() {
    int most = largest(partitions);
    return test.isPresent() ? Math.max(most, largest(test.get().slices())) : most;
  }

  private static int largest(Partitions parts) {
    return IntStream.range(0, parts.count()).map(parts::size).max().orElse(1);
  }

  /** 0 if the job has none. */
  public long testRows() {
    return test.isPresent() ? test.get().slices().rows() : 0;
  }

  /**
   * Loads these partitions, and the slices of the test rows with their numbers. What was wanted by
   * the call before stays too: rounds may still go by it.
   *
   * @throws DataException if any of their rows is wrong
   * @throws IllegalArgumentException if there is no such partition
   */
  public void hold(BitSet wanted) {
    require(wanted, partitions, "partition");
    Set<Integer> now = new HashSet<>(wanted.stream().boxed().toList());
    Set<Integer> kept = new HashSet<>(previous);
    kept.addAll(now);
    store.load(now);
    store.keepOnly(kept);
    if (test.isPresent()) {
      test.get().store().load(slicesOf(now));
      test.get().store().keepOnly(slicesOf(kept));
    }
    previous = now;
  }

  private List<Integer> slicesOf(Set<Integer> numbers) {
    int count = test.orElseThrow().slices().count();
    return numbers.stream().filter(number -> number < count).toList();
  }

  /**
   * The rows of these partitions that enter the round at this version; they stay valid whatever is
   * held afterwards. Rounds may go by a plan since which others have come and gone: what these made
   * room for is read again.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  IntFunction<Rows> batches(BitSet wanted, int version) {
    require(wanted, partitions, "partition");
    Map<Integer, StoredRows> held = held(store, wanted);
    return partition -> sampler.rows(partition, version, held.get(partition));
  }

  /** These slices of the test rows, in the same way. */
  IntFunction<Rows> testSlices(BitSet wanted) {
    TestRows rows =
        test.orElseThrow(() -> new IllegalArgumentException("the job has no test rows"));
    require(wanted, rows.slices(), "slice of the test rows");
    return held(rows.store(), wanted)::get;
  }

  private static void require(BitSet wanted, Partitions parts, String what) {
    if (wanted.length() > parts.count()) {
      throw new IllegalArgumentException(
          String.format(
              "the server asks for %s %d, counted from 0; the job has %d of them",
              what, wanted.length() - 1, parts.count()));
    }
  }

  private static Map<Integer, StoredRows> held(PartitionStore from, BitSet wanted) {
    List<Integer> numbers = wanted.stream().boxed().toList();
    from.load(numbers);
    return numbers.stream().collect(Collectors.toMap(number -> number, from::rows));
  }
}
