package io.cordee.worker.data.rows;

import java.util.Objects;
import java.util.stream.IntStream;

/**
 * P partitions of N rows: partition p is rows p·N/P to before (p+1)·N/P, rounded down. A function
 * of N and P alone; every partition has at least one row.
 *
 * @param rows N
 * @param count P
 */
public record Partitions(long rows, int count) {

  public Partitions {
    if (count < 1) {
      throw new DataException("partitions must be at least 1; found " + count);
    }
    if (rows < count) {
      throw new DataException(
          "%d partitions need at least %d rows; found %d: lower partitions", count, count, rows);
    }
    if (rows / count >= Integer.MAX_VALUE) {
      throw new DataException(
          "%d rows in %d partitions are more than 2^31 each: raise partitions", rows, count);
    }
  }

  public static Partitions of(DataSource source, int count) {
    long rows = source.rows();
    try {
      return new Partitions(rows, count);
    } catch (DataException e) {
      throw e.within(source.name());
    }
  }

  public long from(int partition) {
    return start(Objects.checkIndex(partition, count), rows, count);
  }

  /** Exclusive. */
  public long to(int partition) {
    return start(Objects.checkIndex(partition, count) + 1, rows, count);
  }

  public int size(int partition) {
    return (int) (to(partition) - from(partition));
  }

  /** Receives partitions from {@code from} to before {@code to}. */
  public interface Share {
    void take(int from, int to);
  }

  /** Has at most as many threads as there are processors take contiguous shares at once. */
  public void share(int most, Share share) {
    int threads =
        Math.min(Math.min(Math.max(1, most), count), Runtime.getRuntime().availableProcessors());
    IntStream.range(0, threads)
        .parallel()
        .forEach(
            i -> share.take((int) start(i, count, threads), (int) start(i + 1, count, threads)));
  }

  /** floor(part · total / parts); ArithmeticException if the product overflows 64 bits. */
  static long start(int part, long total, int parts) {
    return Math.multiplyExact(total, part) / parts;
  }
}
