package io.cordee.worker.data.rows;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of the partitions that a worker holds, in memory or mapped. Once {@link #checksums} has
 * seen them, the files are not to change. Any thread may call.
 */
public final class PartitionStore {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionStore.class);

  private final Supplier<DataSource> source;
  private final Partitions partitions;
  private final Optional<PreparedRows> prepared;

  /** The number of the first row; that of a file is 0. */
  private final long first;

  private final Map<Integer, PartitionRows> held = new TreeMap<>();

  /** Mapped from the start; readable even after their files are deleted. */
  private final Map<Integer, MappedByteBuffer> mapped = new TreeMap<>();

  private AtomicLong roomForLists = new AtomicLong();
  private Optional<SeenRows> seen = Optional.empty();
  private int room = Integer.MAX_VALUE;
  private boolean isFull;

  public PartitionStore(DataSource source, Partitions partitions) {
    this.source = () -> source;
    this.partitions = partitions;
    prepared = Optional.empty();
    first = source.firstIndex();
  }

  /** In at most this many parts. */
  public static PartitionStore of(DataSource rows, int most) {
    int count = (int) Math.max(1, Math.min(most, rows.rows()));
    return new PartitionStore(rows, Partitions.of(rows, count));
  }

  /**
   * Of rows in prepared files.
   *
   * @param source opened for those that are not there, or damaged
   */
  public PartitionStore(
      Supplier<DataSource> source, Partitions partitions, PreparedRows prepared, SeenRows seen) {
    first = 0;
    this.source = source;
    this.partitions = partitions;
    this.prepared = Optional.of(prepared);
    this.seen = Optional.of(seen);
    IntStream.range(0, partitions.count())
        .forEach(i -> prepared.map(i).ifPresent(file -> mapped.put(i, file)));
  }

  /** What messages call the rows. */
  public String name() {
    return source.get().name();
  }

  public DataSource source() {
    return source.get();
  }

  public Partitions partitions() {
    return partitions;
  }

  public boolean isPrepared() {
    return prepared.isPresent();
  }

  /**
   * Passes through all rows, partition by partition, and holds none that take memory.
   *
   * @throws DataException if any of them is wrong
   */
  public void forEach(Consumer<PartitionRows> look) {
    if (isPrepared()) {
      for (int partition = 0; partition < partitions.count(); partition++) {
        look.accept(load(List.of(partition)).get(partition));
        keepOnly(List.of());
      }
      return;
    }
    read((store, partition, rows) -> look.accept(rows));
  }

  private SeenRows read(AllRows.Keeper keeper) {
    try {
      return AllRows.read(List.of(this), 1, keeper).get(0);
    } catch (IOException e) {
      throw new AssertionError("nothing is written", e);
    }
  }

  /**
   * A checksum of the rows of each partition. The first call reads all of them, partition by
   * partition, and holds the first ones; those of prepared rows are known.
   *
   * @param most bytes of rows to hold
   * @throws DataException if any of the rows is wrong
   */
  public synchronized long[] checksums(long most) {
    if (seen.isEmpty()) {
      long[] bytes = {0};
      seen =
          Optional.of(
              read(
                  (store, partition, rows) -> {
                    bytes[0] += rows.bytes();
                    if (bytes[0] <= most) {
                      held.put(partition, rows.from(first + partitions.from(partition)));
                    }
                  }));
    }
    return seen.get().checksums();
  }

  /** Returns whether all of its rows are held, or can be at any time. */
  public synchronized boolean isWhole() {
    return mapped.size() == partitions.count() || held.size() == partitions.count();
  }

  /** Bytes of the largest partition in memory; after {@link #checksums}. */
  public synchronized long largest() {
    return isPrepared() ? 0 : seen.map(SeenRows::largest).orElse(0L);
  }

  /** Rows of the model's table that a partition touches, at most; after {@link #checksums}. */
  public synchronized int mostTouched() {
    return seen.map(SeenRows::mostTouched).orElse(0);
  }

  /** How many rows each class has. */
  public synchronized long[] classCounts(int classes) {
    return seen.isPresent() && classes > 1
        ? Arrays.copyOf(seen.get().classes(), classes)
        : source.get().classCounts(classes);
  }

  /**
   * From now on, holds no more partitions than these unless they are wanted at once.
   *
   * @param lists bytes that lists of mapped rows may take, with those of other stores
   */
  public synchronized void limitTo(int most, AtomicLong lists) {
    room = most;
    roomForLists = lists;
  }

  /**
   * Reads or maps the partitions that are not held yet, and holds them from then on. If that fails,
   * what was held stays held, and nothing more.
   *
   * @throws DataException if any of the rows that are read is wrong
   */
  public synchronized Map<Integer, PartitionRows> load(Collection<Integer> wanted) {
    SortedSet<Integer> missing = new TreeSet<>(wanted);
    missing.removeAll(held.keySet());
    prepared.ifPresent(files -> held.putAll(mapped(files, missing)));
    missing.removeAll(held.keySet());
    if (!missing.isEmpty()) {
      if (held.size() + missing.size() > room) {
        keepOnly(wanted);
      }
      held.putAll(read(missing));
    }
    Map<Integer, PartitionRows> rows = new TreeMap<>(held);
    rows.keySet().retainAll(Set.copyOf(wanted));
    return rows;
  }

  private Map<Integer, PartitionRows> mapped(PreparedRows files, Set<Integer> wanted) {
    Map<Integer, PartitionRows> intact = new TreeMap<>();
    long[] sums = seen.orElseThrow().checksums();
    for (int partition : wanted) {
      Optional<PartitionRows> rows =
          Optional.ofNullable(mapped.computeIfAbsent(partition, it -> files.map(it).orElse(null)))
              .flatMap(file -> files.rows(partition, file, sums[partition]));
      if (rows.isPresent()) {
        intact.put(
            partition, rows.get().from(first + partitions.from(partition)).within(roomForLists));
      } else if (mapped.remove(partition) != null) {
        LOG.warn("{} is damaged; preparing its rows again", files.file(partition));
      }
    }
    return intact;
  }

  /** In one pass over the files. */
  private Map<Integer, PartitionRows> read(SortedSet<Integer> wanted) {
    Map<Integer, PartitionRows> read = new TreeMap<>();
    try (RowCursor cursor = source.get().cursor()) {
      long row = 0;
      for (int partition : wanted) {
        long from = partitions.from(partition);
        cursor.skip(from - row);
        PartitionRows rows = cursor.next(partitions.size(partition)).from(first + from);
        requireUnchanged(partition, rows);
        long bytes = rows.bytes() * (wanted.size() - read.size());
        read.put(
            partition, prepared.map(files -> prepare(files, partition, rows, bytes)).orElse(rows));
        row = partitions.to(partition);
      }
    }
    return read;
  }

  /** In a file if the disk has room for this many bytes, those of the next ones too; else held. */
  private PartitionRows prepare(PreparedRows files, int partition, PartitionRows rows, long bytes) {
    if (isFull) {
      return rows;
    }
    try {
      files.requireRoom(bytes);
      files.write(partition, rows);
      LOG.info("prepared {}", files.file(partition));
    } catch (IOException e) {
      isFull = true;
      String why = DataException.why("", e);
      LOG.warn("rows cannot be prepared in {}: {}; they stay in memory", files.folder(), why);
      return rows;
    }
    return mapped(files, Set.of(partition)).getOrDefault(partition, rows);
  }

  private void requireUnchanged(int partition, PartitionRows rows) {
    if (seen.isPresent() && seen.get().checksums()[partition] != rows.checksum()) {
      throw new DataException(
          "%s: its rows have changed since this worker began: expected checksum %016x for those of"
              + " partition %d, which begins at row %d of these (counting from 0 the rows kept"
              + " after the split; not a line number); found %016x; restore the file and start this worker again",
          source.get().name(),
          seen.get().checksums()[partition],
          partition,
          partitions.from(partition),
          rows.checksum());
    }
  }

  /** Rows that a reader has already been given stay valid, and mapped ones cost nothing. */
  public synchronized void keepOnly(Collection<Integer> wanted) {
    held.entrySet()
        .removeIf(each -> each.getValue().bytes() > 0 && !wanted.contains(each.getKey()));
  }
}
