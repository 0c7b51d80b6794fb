package io.cordee.worker.data.rows;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.random.SplitMix64;
import io.cordee.function.Rows;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntUnaryOperator;

/**
 * Which rows of a partition enter a step: a pure function of job, partition and step, in whatever
 * order steps are asked for. May be used by several threads. A step is a round, or a local step,
 * counted over all rounds.
 *
 * <p>Of a round's batch of B rows, partition p of P gives (p+1)·B/P − p·B/P, each quotient rounded
 * down; of a local step's, every partition gives all. They are taken one after the other from an
 * endless stream: the partition's rows in a fresh order every epoch. Step t takes from position t·b
 * of the stream on, so a step may reach from one epoch into the next, and then hold a row twice.
 *
 * <p>The order of epoch e is a Fisher-Yates shuffle driven by {@link SplitMix64} from the seed
 * s(s(s(seed) + p) + e), where s(x) is the first number of SplitMix64 from seed x.
 */
public final class BatchSampler {

  private record Epoch(long number, int[] order) {}

  private final Partitions partitions;
  private final IntUnaryOperator rowsPerStep;

  /** Seed of the orders; empty if all rows enter every step in file order. */
  private final OptionalLong seed;

  // The last epoch used of each partition; only saves shuffling again.
  private final AtomicReferenceArray<Epoch> latest;

  /**
   * @throws DataException if a batch has more rows than there are
   */
  public static BatchSampler of(Job job, Partitions partitions) {
    return job.local().isPresent()
        ? ofEach(job.local().get().batch(), job.model().seed(), partitions)
        : new BatchSampler(job.batch(), partitions);
  }

  BatchSampler(Batch batch, Partitions partitions) {
    this(
        partitions,
        partition ->
            batch instanceof Batch.Rows some
                ? share(partition, some.rows(), partitions.count())
                : partitions.size(partition),
        batch instanceof Batch.Rows some ? OptionalLong.of(some.seed()) : OptionalLong.empty());
    if (batch instanceof Batch.Rows some && some.rows() > partitions.rows()) {
      throw new DataException(
          "a batch of %d rows needs as many training rows; found %d: lower batch or use full",
          some.rows(), partitions.rows());
    }
  }

  static BatchSampler ofEach(int rows, long seed, Partitions partitions) {
    long fewest = partitions.rows() / partitions.count();
    if (rows > fewest) {
      throw new DataException(
          "a local batch of %d rows needs as many in every partition; found %d: lower local.batch"
              + " or partitions",
          rows, fewest);
    }
    return new BatchSampler(partitions, partition -> rows, OptionalLong.of(seed));
  }

  private BatchSampler(Partitions partitions, IntUnaryOperator rowsPerStep, OptionalLong seed) {
    this.partitions = partitions;
    this.rowsPerStep = rowsPerStep;
    this.seed = seed;
    latest = new AtomicReferenceArray<>(partitions.count());
  }

  private static int share(int partition, int rows, int count) {
    return (int)
        (Partitions.start(partition + 1, rows, count) - Partitions.start(partition, rows, count));
  }

  /** May be 0 in a small batch. */
  public int rowsPerStep(int partition) {
    return rowsPerStep.applyAsInt(partition);
  }

  /**
   * @param step counted from 0: the version that a round begins with
   * @param rows of the whole partition
   */
  public Rows rows(int partition, long step, PartitionRows rows) {
    if (rows.count() != partitions.size(partition)) {
      throw new IllegalArgumentException(
          String.format(
              "partition %d has %d rows; found %d",
              partition, partitions.size(partition), rows.count()));
    }
    return seed.isPresent() ? rows.select(indices(seed.getAsLong(), partition, step)) : rows;
  }

  private int[] indices(long seed, int partition, long step) {
    int size = partitions.size(partition);
    int[] indices = new int[rowsPerStep(partition)];
    long position = step * indices.length;
    for (int filled = 0; filled < indices.length; ) {
      int[] order = order(seed, partition, position / size, size);
      int from = (int) (position % size);
      int taken = Math.min(size - from, indices.length - filled);
      System.arraycopy(order, from, indices, filled, taken);
      filled += taken;
      position += taken;
    }
    return indices;
  }

  private int[] order(long seed, int partition, long number, int size) {
    Epoch epoch = latest.get(partition);
    if (epoch == null || epoch.number() != number) {
      epoch = new Epoch(number, shuffled(size, seedOf(seed, partition, number)));
      latest.set(partition, epoch);
    }
    return epoch.order();
  }

  private static long seedOf(long seed, int partition, long epoch) {
    return first(first(first(seed) + partition) + epoch);
  }

  private static long first(long seed) {
    return new SplitMix64(seed).nextLong();
  }

  private static int[] shuffled(int size, long seed) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    SplitMix64 random = new SplitMix64(seed);
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }
}
