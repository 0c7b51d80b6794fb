package io.cordee.worker.data.rows;

import io.cordee.common.kernel.Xxh64;
import io.cordee.function.Rows;
import io.cordee.worker.math.SparseRows;
import io.cordee.worker.model.ListedRows;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows in memory: image features as bytes, text features as floats. Thread-safe, and unchanged once
 * shared.
 *
 * <p>Rows with a class label and a model with a single output have the target 0 or 1. Those of
 * {@code DataSources.openUnlabelled} have no targets: copying them throws IllegalStateException.
 */
public final class StoredRows implements ListedRows {

  private final int count;
  private final Features features;
  private final Targets targets;

  /** Index of the first row in the source. */
  private long start;

  /** Null until asked for. */
  private Optional<SparseRows> sparse;

  public StoredRows(int count, Features features, Targets targets) {
    this.count = count;
    this.features = features;
    this.targets = targets;
  }

  @Override
  public int count() {
    return count;
  }

  /** Sets the index of the first row in the source; before the rows are shared. */
  StoredRows from(long first) {
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
    long width = features instanceof Features.Bytes ? features.width() / 4 : features.width();
    long values =
        features instanceof Features.Sparse all ? 2L * all.values().values().length : width * count;
    values += touched().map(ids -> ids.length).orElse(0);
    return Float.BYTES * (values + (long) count * (targets.labelled() ? 1 : targets.width()));
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
    if (sparse == null && (again || features instanceof Features.Sparse)) {
      sparse = features.sparse();
    }
    return sparse == null ? Optional.empty() : sparse;
  }

  @Override
  public Optional<int[]> touched() {
    return features.touched();
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
    return new Selection(
        indices, features instanceof Features.Sparse all ? all.select(indices) : null);
  }

  private final class Selection implements ListedRows {

    private final int[] indices;

    /** Null unless they are listed. */
    private final Features.Sparse listed;

    Selection(int[] indices, Features.Sparse listed) {
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
      return listed == null ? features.width() : listed.width();
    }

    @Override
    public void copyFeatures(int from, int rows, float[] into) {
      Objects.checkFromIndexSize(from, rows, indices.length);
      if (listed == null) {
        features.copy(i -> indices[from + i], rows, into);
      } else {
        listed.copy(from, rows, into);
      }
    }

    @Override
    public Optional<int[]> touched() {
      return listed == null ? Optional.empty() : listed.touched();
    }

    /** Lists of bytes by columns would have to be made anew. */
    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return listed == null ? Optional.empty() : listed.sparse();
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
