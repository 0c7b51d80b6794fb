package io.cordee.worker.data.rows;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows of the partitions that a worker holds. Once {@link #checksums} has seen them, the files
 * are not to change. Any thread may call.
 */
public final class PartitionStore {

  private final DataSource source;
  private final Partitions partitions;
  private final Map<Integer, StoredRows> held = new TreeMap<>();

  /** Of each partition; empty until computed. */
  private long[] checksums = {};

  private long largest;
  private int mostTouched;
  private int room = Integer.MAX_VALUE;

  public PartitionStore(DataSource source, Partitions partitions) {
    this.source = source;
    this.partitions = partitions;
  }

  public DataSource source() {
    return source;
  }

  public Partitions partitions() {
    return partitions;
  }

  /**
   * A checksum of the rows of each partition. The first call reads all of them, partition by
   * partition, and holds the first ones.
   *
   * @param most bytes of rows to hold
   * @throws DataException if any of the rows is wrong
   */
  public synchronized long[] checksums(long most) {
    if (checksums.length == 0) {
      long[] sums = new long[partitions.count()];
      long bytes = 0;
      try (RowCursor cursor = source.cursor()) {
        for (int partition = 0; partition < sums.length; partition++) {
          StoredRows rows = cursor.next(partitions.size(partition));
          sums[partition] = rows.checksum();
          largest = Math.max(largest, rows.bytes());
          mostTouched = Math.max(mostTouched, rows.touched().map(ids -> ids.length).orElse(0));
          bytes += rows.bytes();
          if (bytes <= most) {
            held.put(partition, rows.from(partitions.from(partition)));
          }
        }
      } catch (DataException first) {
        source.check();
        throw first;
      }
      checksums = sums;
    }
    return checksums;
  }

  /** Whether all of its rows are held. */
  public synchronized boolean isWhole() {
    return held.size() == partitions.count();
  }

  /** Bytes of the largest partition; after {@link #checksums}. */
  public synchronized long largest() {
    return largest;
  }

  /** Rows of the model's table that a partition touches, at most; after {@link #checksums}. */
  public synchronized int mostTouched() {
    return mostTouched;
  }

  /** From now on, holds no more partitions than these unless they are wanted at once. */
  public synchronized void limitTo(int most) {
    room = most;
  }

  /**
   * Reads the partitions that are not held yet, in one pass over the files, and holds them from
   * then on. If that fails, what was held stays held, and nothing more.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  public synchronized Map<Integer, StoredRows> load(Collection<Integer> wanted) {
    SortedSet<Integer> missing = new TreeSet<>(wanted);
    missing.removeAll(held.keySet());
    if (!missing.isEmpty()) {
      if (held.size() + missing.size() > room) {
        keepOnly(wanted);
      }
      held.putAll(read(missing));
    }
    Map<Integer, StoredRows> rows = new TreeMap<>(held);
    rows.keySet().retainAll(Set.copyOf(wanted));
    return rows;
  }

  private Map<Integer, StoredRows> read(SortedSet<Integer> wanted) {
    Map<Integer, StoredRows> read = new TreeMap<>();
    try (RowCursor cursor = source.cursor()) {
      long row = 0;
      for (int partition : wanted) {
        long from = partitions.from(partition);
        cursor.skip(from - row);
        StoredRows rows = cursor.next(partitions.size(partition)).from(from);
        requireUnchanged(partition, rows);
        read.put(partition, rows);
        row = partitions.to(partition);
      }
    }
    return read;
  }

  private void requireUnchanged(int partition, StoredRows rows) {
    if (checksums.length > 0 && checksums[partition] != rows.checksum()) {
      throw new DataException(
          "%s: its rows have changed since this worker began: expected checksum %016x for those of"
              + " partition %d, which begins at row %d of these (counting from 0 the rows kept"
              + " after the split; not a line number); found %016x; restore the file and start this worker again",
          source.name(),
          checksums[partition],
          partition,
          partitions.from(partition),
          rows.checksum());
    }
  }

  /** Rows that a reader has already been given stay valid. */
  public synchronized void keepOnly(Collection<Integer> wanted) {
    held.keySet().retainAll(Set.copyOf(wanted));
  }
}
