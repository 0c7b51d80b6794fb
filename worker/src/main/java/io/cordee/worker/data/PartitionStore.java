package io.cordee.worker.data;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows of the partitions that a worker holds. One thread loads and releases while any number of
 * others read.
 */
public final class PartitionStore {

  private final DataSource source;
  private final Partitions partitions;
  // Replaced as a whole, never changed.
  private volatile Map<Integer, StoredRows> held = Map.of();

  public PartitionStore(DataSource source, Partitions partitions) {
    this.source = source;
    this.partitions = partitions;
  }

  /**
   * Loads those of these partitions that are not held yet, in one pass over the files. If that
   * fails, what was held stays held, and nothing more.
   *
   * @throws DataException if any of their rows is wrong
   */
  public synchronized void load(Collection<Integer> wanted) {
    SortedSet<Integer> missing = new TreeSet<>(wanted);
    missing.removeAll(held.keySet());
    if (missing.isEmpty()) {
      return;
    }
    Map<Integer, StoredRows> loaded = new TreeMap<>(held);
    try (RowCursor cursor = source.cursor()) {
      long row = 0;
      for (int partition : missing) {
        cursor.skip(partitions.from(partition) - row);
        loaded.put(partition, cursor.next(partitions.size(partition)));
        row = partitions.to(partition);
      }
    }
    held = loaded;
  }

  /** Frees all partitions but these. Rows that a reader has already been given stay valid. */
  public synchronized void keepOnly(Collection<Integer> wanted) {
    Map<Integer, StoredRows> kept = new TreeMap<>(held);
    kept.keySet().retainAll(Set.copyOf(wanted));
    held = kept;
  }

  public Set<Integer> held() {
    return Set.copyOf(held.keySet());
  }

  /**
   * The rows of a partition that is held.
   *
   * @throws IllegalStateException if it is not
   */
  public StoredRows rows(int partition) {
    StoredRows rows = held.get(partition);
    if (rows == null) {
      throw new IllegalStateException(
          "partition " + partition + " is not loaded; held are " + held.keySet());
    }
    return rows;
  }
}
