package io.cordee.worker.data;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The rows of the partitions that a worker holds. Any thread may call. */
public final class PartitionStore {

  private final DataSource source;
  private final Partitions partitions;
  private final Map<Integer, StoredRows> held = new TreeMap<>();

  public PartitionStore(DataSource source, Partitions partitions) {
    this.source = source;
    this.partitions = partitions;
  }

  /** What the rows are read from. */
  public DataSource source() {
    return source;
  }

  public Partitions partitions() {
    return partitions;
  }

  /**
   * The rows of these partitions: those that are not held yet are read, in one pass over the files,
   * and held from then on. If that fails, what was held stays held, and nothing more.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  public synchronized Map<Integer, StoredRows> load(Collection<Integer> wanted) {
    SortedSet<Integer> missing = new TreeSet<>(wanted);
    missing.removeAll(held.keySet());
    if (!missing.isEmpty()) {
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
        read.put(partition, cursor.next(partitions.size(partition)).from(from));
        row = partitions.to(partition);
      }
    }
    return read;
  }

  /** Frees all partitions but these. Rows that a reader has already been given stay valid. */
  public synchronized void keepOnly(Collection<Integer> wanted) {
    held.keySet().retainAll(Set.copyOf(wanted));
  }
}
