package io.cordee.worker.data;

import io.cordee.common.job.Batch;
import io.cordee.common.random.SplitMix64;
import io.cordee.function.Rows;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Which rows of a partition enter a round: a pure function of job, partition and round, in whatever
 * order rounds are asked for. May be used by several threads.
 *
 * <p>Of a batch of B rows, partition p of P gives (p+1)·B/P − p·B/P, each quotient rounded down.
 * They are taken one after the other from an endless stream: the partition's rows in a fresh order
 * every epoch. Round t takes from position t·b of the stream on, so a round may reach from one
 * epoch into the next, and then hold a row twice.
 *
 * <p>The order of epoch e is a Fisher-Yates shuffle driven by {@link SplitMix64} from the seed
 * s(s(s(seed) + p) + e), where s(x) is the first number of SplitMix64 from seed x.
 */
public final class BatchSampler {

  private record Epoch(long number, int[] order) {}

  private final Batch batch;
  private final Partitions partitions;
  // The epoch of each partition that was asked for last; only saves shuffling again.
  private final AtomicReferenceArray<Epoch> latest;

  /**
   * A sampler for a job's training rows.
   *
   * @throws DataException if the batch has more rows than there are
   */
  public BatchSampler(Batch batch, Partitions partitions) {
    if (batch instanceof Batch.Rows some && some.rows() > partitions.rows()) {
      throw new DataException(
          "a batch of %d rows needs as many training rows; found %d: lower batch or use full",
          some.rows(), partitions.rows());
    }
    this.batch = batch;
    this.partitions = partitions;
    latest = new AtomicReferenceArray<>(partitions.count());
  }

  /** How many rows a partition gives to every round; may be 0 in a small batch. */
  public int rowsPerRound(int partition) {
    if (batch instanceof Batch.Rows some) {
      int count = partitions.count();
      return (int)
          (Partitions.start(partition + 1, some.rows(), count)
              - Partitions.start(partition, some.rows(), count));
    }
    return partitions.size(partition);
  }

  /**
   * The rows of a partition that enter the round from version {@code version} to the next.
   *
   * @param rows all rows of the partition
   */
  public Rows rows(int partition, int version, StoredRows rows) {
    if (rows.count() != partitions.size(partition)) {
      throw new IllegalArgumentException(
          String.format(
              "partition %d has %d rows; found %d",
              partition, partitions.size(partition), rows.count()));
    }
    return batch instanceof Batch.Rows some ? rows.select(indices(some, partition, version)) : rows;
  }

  private int[] indices(Batch.Rows some, int partition, int version) {
    int size = partitions.size(partition);
    int[] indices = new int[rowsPerRound(partition)];
    long position = (long) version * indices.length;
    for (int filled = 0; filled < indices.length; ) {
      int[] order = order(some.seed(), partition, position / size, size);
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
