package io.cordee.worker.data;

import io.cordee.common.kernel.Xxh64;
import io.cordee.function.Rows;
import io.cordee.worker.math.SparseRows;
import io.cordee.worker.model.ListedRows;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows in memory: image features as bytes, text features as floats. They do not change, and may be
 * read by any number of threads.
 *
 * <p>Rows with a class label and a model with a single output have the target 0 or 1. Those of
 * {@link DataSource#openUnlabelled} have no targets: to copy them is an IllegalStateException.
 */
public final class StoredRows implements ListedRows {

  private final int count;
  private final Features features;
  private final Targets targets;

  /** The index of the first row among those of the source. */
  private long start;

  /** Once they are asked for; null before. */
  private Optional<SparseRows> sparse;

  StoredRows(int count, Features features, Targets targets) {
    this.count = count;
    this.features = features;
    this.targets = targets;
  }

  @Override
  public int count() {
    return count;
  }

  /**
   * Says where among the rows of their source they lie; before anybody else has them.
   *
   * @param first the index of the first
   */
  StoredRows from(long first) {
    start = first;
    return this;
  }

  @Override
  public long index(int row) {
    return start + Objects.checkIndex(row, count);
  }

  /** By which other rows can be told from these: of features and targets, however they are kept. */
  public long checksum() {
    return Xxh64.hash(new long[] {count, features.checksum(), targets.checksum()});
  }

  /** About how much memory they take. */
  long bytes() {
    long width = features instanceof Features.Bytes ? features.width() / 4 : features.width();
    long values =
        features instanceof Features.Sparse all ? 2L * all.values().values().length : width * count;
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

  /**
   * Some of these rows in a given order, as a view; a row may come more than once.
   *
   * @param indices from 0 to before {@link #count()}; not to be changed afterwards
   */
  public Rows select(int[] indices) {
    for (int index : indices) {
      Objects.checkIndex(index, count);
    }
    return new Selection(indices);
  }

  private final class Selection implements ListedRows {

    private final int[] indices;

    Selection(int[] indices) {
      this.indices = indices;
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
      return features.width();
    }

    @Override
    public void copyFeatures(int from, int rows, float[] into) {
      Objects.checkFromIndexSize(from, rows, indices.length);
      features.copy(i -> indices[from + i], rows, into);
    }

    /** Lists of bytes by columns would have to be made anew. */
    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return features instanceof Features.Sparse all
          ? Optional.of(all.values().select(indices))
          : Optional.empty();
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
