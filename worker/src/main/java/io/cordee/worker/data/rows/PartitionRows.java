package io.cordee.worker.data.rows;

import io.cordee.common.kernel.Xxh64;
import io.cordee.function.Rows;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SparseRows;
import io.cordee.worker.model.ListedRows;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rows in any memory: of a partition, a file or a held-out set. Image features are bytes, text
 * features floats. Thread-safe, and unchanged once shared.
 *
 * <p>Rows with a class label and a model with a single output have the target 0 or 1. Those of
 * {@code DataSources.openUnlabelled} have no targets: copying them throws IllegalStateException.
 */
public final class PartitionRows implements ListedRows {

  /** Bytes that lists take at most, for each byte listed. */
  private static final long LISTS = 3;

  private final int count;
  private final Features features;
  private final Targets targets;

  /** Index of the first row in the source. */
  private long start;

  /** Null until asked for. */
  private Optional<SparseRows> sparse;

  public PartitionRows(int count, Features features, Targets targets) {
    this.count = count;
    this.features = features;
    this.targets = targets;
  }

  @Override
  public int count() {
    return count;
  }

  /** Of the heap, for lists of mapped bytes; shared with other partitions. */
  private AtomicLong room = new AtomicLong();

  /** Before the rows are shared. */
  PartitionRows within(AtomicLong heap) {
    room = heap;
    return this;
  }

  /** Sets the index of the first row in the source; before the rows are shared. */
  PartitionRows from(long first) {
    start = first;
    return this;
  }

  @Override
  public long index(int row) {
    return start + Objects.checkIndex(row, count);
  }

  /** Of features and targets, regardless of their storage. */
  public long checksum() {
    return Xxh64.hash(new long[] {count, features.checksum(), targets.checksum()});
  }

  long bytes() {
    return features.bytes() + targets.bytes();
  }

  /** Adds how many of these rows each class has; nothing if they have no labels. */
  long[] addClasses(long[] counts) {
    return targets instanceof Targets.Classes classes ? classes.addTo(counts) : counts;
  }

  Features kept() {
    return features;
  }

  Targets targets() {
    return targets;
  }

  @Override
  public int features() {
    return features.width();
  }

  @Override
  public void copyFeatures(int from, int rows, float[] into) {
    Objects.checkFromIndexSize(from, rows, count);
    features.copy(from, rows, into);
  }

  @Override
  public void copyTargets(int from, int rows, float[] into) {
    Objects.checkFromIndexSize(from, rows, count);
    targets.copy(from, rows, into, 0);
  }

  @Override
  public double targetUnit(int output) {
    return targets.unit(output);
  }

  @Override
  public boolean labelled() {
    return targets.labelled();
  }

  @Override
  public synchronized Optional<SparseRows> sparse(boolean again) {
    long lists = bytesOfLists();
    if (sparse == null && (features instanceof Features.Sparse || again && takeRoom(lists))) {
      sparse = features.sparse();
      if (sparse.isEmpty()) {
        room.addAndGet(lists);
      }
    }
    return sparse == null ? Optional.empty() : sparse;
  }

  private long bytesOfLists() {
    boolean areMapped = features instanceof Features.Bytes bytes && !bytes.values().hasArray();
    return areMapped ? LISTS * count * features.width() : 0;
  }

  private boolean takeRoom(long bytes) {
    return room.getAndUpdate(free -> free < bytes ? free : free - bytes) >= bytes;
  }

  @Override
  public Optional<int[]> touched() {
    return features.touched();
  }

  @Override
  public List<RowLists> tables() {
    return features.tables();
  }

  /**
   * Some of these rows in a given order, as a view; a row may come more than once.
   *
   * @param indices below {@link #count()}; not to be changed afterwards
   */
  public Rows select(int[] indices) {
    for (int index : indices) {
      Objects.checkIndex(index, count);
    }
    return new Selection(indices, features.select(indices));
  }

  private final class Selection implements ListedRows {

    private final int[] indices;

    /** Empty unless they are listed. */
    private final Optional<Features> listed;

    Selection(int[] indices, Optional<Features> listed) {
      this.indices = indices;
      this.listed = listed;
    }

    @Override
    public int count() {
      return indices.length;
    }

    @Override
    public long index(int row) {
      return start + indices[row];
    }

    @Override
    public int features() {
      return listed.orElse(features).width();
    }

    @Override
    public void copyFeatures(int from, int rows, float[] into) {
      Objects.checkFromIndexSize(from, rows, indices.length);
      if (listed.isEmpty()) {
        features.copy(i -> indices[from + i], rows, into);
      } else {
        listed.get().copy(from, rows, into);
      }
    }

    @Override
    public Optional<int[]> touched() {
      return listed.flatMap(Features::touched);
    }

    @Override
    public List<RowLists> tables() {
      return listed.map(Features::tables).orElse(List.of());
    }

    /** Lists of bytes by columns would have to be made anew. */
    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return listed.flatMap(Features::sparse);
    }

    @Override
    public void copyTargets(int from, int rows, float[] into) {
      Objects.checkFromIndexSize(from, rows, indices.length);
      for (int i = 0; i < rows; i++) {
        targets.copy(indices[from + i], 1, into, i * targets.width());
      }
    }

    @Override
    public double targetUnit(int output) {
      return targets.unit(output);
    }

    @Override
    public boolean labelled() {
      return targets.labelled();
    }
  }
}
