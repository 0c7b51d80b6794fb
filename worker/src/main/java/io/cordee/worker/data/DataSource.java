package io.cordee.worker.data;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.ModelSpec;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The rows that a job names, in file order, read slice by slice. May be used by several threads.
 *
 * <p>Errors are {@link DataException}s that name file, row and column: those of the whole file are
 * thrown when it is opened, those of a row when that row is read.
 */
public sealed interface DataSource permits ArraySource, ExternalSource, TextSource {

  /**
   * Opens a source and checks that it fits the model, without reading its rows.
   *
   * @param model whose inputs and outputs the rows must fit
   */
  static DataSource open(SourceSpec spec, ModelSpec model, DataFolder folder) {
    return open(spec, model, folder, Preprocessing.NONE);
  }

  /**
   * As above, to be {@linkplain #preprocessed preprocessed}: the columns of a table may then become
   * another number of inputs.
   */
  static DataSource open(
      SourceSpec spec, ModelSpec model, DataFolder folder, Preprocessing wanted) {
    return open(spec, model, folder, Wanted.TO_LEARN, Columns.UNKNOWN, wanted);
  }

  /**
   * As above, for a model that was trained on columns with names, or is to be.
   *
   * @param known those columns: if the rows have names too, they are found by these, in any order
   *     and among others; otherwise they are taken in file order. They are encoded as the model's
   *     were
   */
  static DataSource open(SourceSpec spec, ModelSpec model, DataFolder folder, Columns known) {
    return open(spec, model, folder, Wanted.ALL, known, Preprocessing.NONE);
  }

  /**
   * Opens the features of a source, for a trained model. Labels or targets may be missing; present
   * ones are skipped unchecked. The rows have no targets to copy.
   *
   * <p>A label or target column of a table is missing if the header does not have its name or,
   * where it is given by index, if the file has exactly as many columns as the model has inputs,
   * not counting ignored ones. In a LIBSVM file, the label is missing in lines that begin with a
   * feature. The files of labels and targets that go with arrays are not opened.
   *
   * @param model whose inputs the rows must fit
   * @param known the columns that the model was trained on, as for {@link #open(SourceSpec,
   *     ModelSpec, DataFolder, Columns)}
   */
  static DataSource openUnlabelled(
      SourceSpec spec, ModelSpec model, DataFolder folder, Columns known) {
    return open(spec, model, folder, Wanted.FEATURES, known, Preprocessing.NONE);
  }

  private static DataSource open(
      SourceSpec spec,
      ModelSpec model,
      DataFolder folder,
      Wanted wanted,
      Columns known,
      Preprocessing preprocessing) {
    spec.sha256().ifPresent(sha256 -> folder.requireSum(spec.files(), sha256));
    if (spec instanceof SourceSpec.Idx idx) {
      return IdxSource.open(idx, model, folder, wanted);
    } else if (spec instanceof SourceSpec.Npy npy) {
      return NpySource.open(npy, model, folder, wanted);
    } else if (spec instanceof SourceSpec.Table table) {
      return TextSources.table(
          table,
          model,
          TableFile.of(table.format(), folder.find(table.file())),
          wanted,
          known,
          TextSources.features(known.encoding(), model, preprocessing));
    } else if (spec instanceof SourceSpec.LibSvm libSvm) {
      return TextSources.libSvm(
          libSvm, model, Input.file(folder.find(libSvm.file())), wanted, known);
    } else if (spec instanceof SourceSpec.Digits digits) {
      return DigitsSource.open(digits, model, wanted);
    } else if (spec instanceof SourceSpec.External external) {
      return ExternalSource.open(external, model, folder.external());
    }
    throw new IllegalArgumentException("no reader for " + spec);
  }

  static int classes(SourceSpec.Table table, ModelSpec model, DataFolder folder) {
    TableFile file = TableFile.of(table.format(), folder.find(table.file()));
    return TextSources.table(table, model, file, Wanted.ALL, Columns.UNKNOWN, OptionalInt.empty())
        .labels();
  }

  /** How many inputs the columns of a table become; the model's outputs must fit the rows. */
  static int inputs(
      SourceSpec.Table table, ModelSpec model, DataFolder folder, Preprocessing wanted) {
    TableFile file = TableFile.of(table.format(), folder.find(table.file()));
    return TextSources.table(
            table, model, file, Wanted.TO_LEARN, Columns.UNKNOWN, OptionalInt.empty())
        .inputs(wanted);
  }

  int COUNTED = 256;

  /** What messages call it: its file of features. */
  String name();

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

    static Parts of(HeldOut heldOut, Function<BitSet, DataSource> part) {
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

  /** The ignored columns that the rows have, as messages call them. */
  default List<String> ignored() {
    return List.of();
  }

  /** The texts of the ignored columns, for all rows; reads the source once. */
  default List<List<String>> ignoredTexts() {
    return List.of();
  }

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
  default StoredRows all() {
    try {
      return read(0, rows());
    } catch (DataException first) {
      check();
      throw first;
    }
  }

  /** The rows from {@code from} to before {@code to}; what lies behind them is not read. */
  default StoredRows read(long from, long to) {
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
