package io.cordee.worker.data.rows;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableEncoding;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The rows that a job names, in file order, read slice by slice. May be used by several threads.
 *
 * <p>Errors are {@link DataException}s that name file, row and column: those of the whole file are
 * thrown when it is opened, those of a row when that row is read.
 */
public interface DataSource {

  int COUNTED = 256;

  /** What messages call it: its file of features. */
  String name();

  /** Returns the first row's number, as {@link io.cordee.function.Rows#index} gives it. */
  default long firstIndex() {
    return 0;
  }

  /** What its header calls its columns; unknown if it has none. */
  default Columns columns() {
    return Columns.UNKNOWN;
  }

  /**
   * The same rows, with columns encoded by what these rows contain; for tables.
   *
   * @param partitions of the rows
   * @throws DataException if columns do not become as many inputs as the model has
   */
  default DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    requireNone(wanted.isNone());
    return this;
  }

  /** The rows that are not dropped for a missing cell; for tables. */
  default DataSource complete(Preprocessing wanted) {
    requireNone(!wanted.mayDrop());
    return this;
  }

  private void requireNone(boolean isNone) {
    if (!isNone) {
      throw new IllegalArgumentException(name() + " cannot be preprocessed");
    }
  }

  record Parts(DataSource train, Optional<DataSource> validation, Optional<DataSource> test) {

    public static Parts of(HeldOut heldOut, Function<BitSet, DataSource> part) {
      return new Parts(
          part.apply(heldOut.train()),
          Optional.of(heldOut.validation()).filter(rows -> !rows.isEmpty()).map(part),
          Optional.of(heldOut.test()).filter(rows -> !rows.isEmpty()).map(part));
    }
  }

  /**
   * @throws DataException if a part would be empty
   */
  Parts split(Split split);

  /** The same rows, encoded; for tables. */
  default DataSource encoded(TableEncoding encoding) {
    requireNone(encoding.isNone());
    return this;
  }

  /** Which rows of the file these are; empty if all. */
  default Optional<BitSet> part() {
    return Optional.empty();
  }

  /** Where rows can be found without reading those before, as {@link #known} wants it. */
  default long[] index() {
    return new long[0];
  }

  /** The same rows, with the count and the index of an earlier pass. */
  default DataSource known(Optional<BitSet> part, long rows, long[] index) {
    return this;
  }

  /** The ignored columns that the rows have, as messages call them. */
  default List<String> ignored() {
    return List.of();
  }

  /** Returns the texts of any column, for all rows; reads the source once. For tables. */
  default List<String> texts(String column) {
    throw new DataException(
        "%s: expected a table that has the column '%s'; found rows without columns",
        name(), column);
  }

  /** The texts of the ignored columns, for all rows; reads the source once. */
  default List<List<String>> ignoredTexts() {
    return List.of();
  }

  /**
   * Describes what the model that the rows are encoded for did not see in training; empty if
   * nothing. Reads the source once.
   */
  default String unseen() {
    return "";
  }

  /** Has passes over a text file say how far they are, often. */
  default void tell(Consumer<String> progress) {}

  /** From the header of an array, or counted once by a pass over a text file. */
  long rows();

  /**
   * Reads all rows, with the checks of actual use.
   *
   * @return a remark for users on the rows
   * @throws DataException with all wrong rows, or the first {@value Mistakes#MOST}
   */
  default Optional<String> check() {
    return Optional.empty();
  }

  /** Reads the source once. */
  default long[] classCounts(int classes) {
    long[] counts = new long[classes];
    float[] targets = new float[classes * COUNTED];
    long rows = rows();
    try (RowCursor cursor = cursor()) {
      for (long from = 0; from < rows; from += COUNTED) {
        int count = (int) Math.min(COUNTED, rows - from);
        cursor.next(count).copyTargets(0, count, targets);
        for (int i = 0; i < count * classes; i++) {
          counts[i % classes] += targets[i] == 1 ? 1 : 0;
        }
      }
    }
    return counts;
  }

  /** Reads from row 0 on. To be closed; used by one thread at a time. */
  RowCursor cursor();

  /**
   * @throws DataException with all wrong rows, or many of them
   */
  default PartitionRows all() {
    try {
      return read(0, rows());
    } catch (DataException first) {
      check();
      throw first;
    }
  }

  /** The rows from {@code from} to before {@code to}; what lies behind them is not read. */
  default PartitionRows read(long from, long to) {
    if (from < 0 || to < from || to > rows() || to - from > Integer.MAX_VALUE) {
      throw new IndexOutOfBoundsException(
          "rows " + from + " to " + to + " of the " + rows() + " in " + name());
    }
    try (RowCursor cursor = cursor()) {
      cursor.skip(from);
      return cursor.next((int) (to - from));
    }
  }
}
