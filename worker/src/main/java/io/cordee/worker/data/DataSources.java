package io.cordee.worker.data;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.format.ArraySource;
import io.cordee.worker.data.format.GivenRows;
import io.cordee.worker.data.format.IdxFile;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.format.NpyFile;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.ExternalSource;
import io.cordee.worker.data.table.JoinedFiles;
import io.cordee.worker.data.table.TableCounts;
import io.cordee.worker.data.table.TextFile;
import io.cordee.worker.data.table.TextSource;
import io.cordee.worker.data.table.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Opens the rows that a job names: each format of files has its case here. */
public final class DataSources {

  private DataSources() {}

  /**
   * Opens a source and checks that it fits the model, without reading its rows.
   *
   * @param model whose inputs and outputs the rows must fit
   */
  public static DataSource open(SourceSpec spec, ModelSpec model, DataFolder folder) {
    return open(spec, model, folder, Preprocessing.NONE);
  }

  /**
   * As above, to be {@linkplain DataSource#preprocessed preprocessed}: the columns of a table may
   * then become another number of inputs.
   */
  public static DataSource open(
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
  public static DataSource open(
      SourceSpec spec, ModelSpec model, DataFolder folder, Columns known) {
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
  public static DataSource openUnlabelled(
      SourceSpec spec, ModelSpec model, DataFolder folder, Columns known) {
    return open(spec, model, folder, Wanted.FEATURES, known, Preprocessing.NONE);
  }

  /** As above, for rows in memory. */
  public static DataSource openUnlabelled(
      SourceSpec.Table spec, ModelSpec model, GivenRows rows, Columns known) {
    OptionalInt inputs = features(known.encoding(), model, Preprocessing.NONE);
    return new TextSource(TextFile.table(spec, model, rows, Wanted.FEATURES, known, inputs));
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
      return ArraySource.of(
          IdxFile.open(file(folder, idx.features()), IdxFile.Kind.FEATURES),
          idx.scale(),
          ifWanted(wanted, folder, idx.labels())
              .map(file -> IdxFile.open(file, IdxFile.Kind.LABELS)),
          true,
          model);
    } else if (spec instanceof SourceSpec.Npy npy) {
      boolean areLabels = npy.labels().isPresent();
      NpyFile.Kind kind = areLabels ? NpyFile.Kind.LABELS : NpyFile.Kind.TARGETS;
      return ArraySource.of(
          NpyFile.open(file(folder, npy.features()), NpyFile.Kind.FEATURES),
          npy.scale(),
          ifWanted(wanted, folder, npy.wanted()).map(file -> NpyFile.open(file, kind)),
          areLabels,
          model);
    } else if (spec instanceof SourceSpec.Table table) {
      OptionalInt inputs = features(known.encoding(), model, preprocessing);
      return table(table, model, folder, wanted, known, inputs);
    } else if (spec instanceof SourceSpec.LibSvm libSvm) {
      return new TextSource(
          JoinedFiles.of(
              libSvm.file(),
              folder.findAll(libSvm.file()),
              file -> TextFile.libSvm(libSvm, model, Input.file(file), wanted, known)));
    } else if (spec instanceof SourceSpec.Digits digits) {
      return DigitsSource.open(digits, model, wanted);
    } else if (spec instanceof SourceSpec.External external) {
      return ExternalSource.open(external, model, folder.external());
    }
    throw new IllegalArgumentException("no reader for " + spec);
  }

  public static int classes(SourceSpec.Table table, ModelSpec model, DataFolder folder) {
    return table(table, model, folder, Wanted.ALL, Columns.UNKNOWN, OptionalInt.empty()).labels();
  }

  /** What the columns of a table become; the model's outputs must fit the rows. */
  public static TableCounts counts(
      SourceSpec.Table table, ModelSpec model, DataFolder folder, DataSpec data) {
    return table(table, model, folder, Wanted.TO_LEARN, Columns.UNKNOWN, OptionalInt.empty())
        .counts(data.preprocessing(), data.split());
  }

  private static TextSource table(
      SourceSpec.Table table,
      ModelSpec model,
      DataFolder folder,
      Wanted wanted,
      Columns known,
      OptionalInt inputs) {
    return new TextSource(
        JoinedFiles.of(
            table.file(),
            folder.findAll(table.file()),
            path -> {
              TableFile file = TableFile.of(table.format(), path);
              return TextFile.table(table, model, file, wanted, known, inputs);
            }));
  }

  private static Input file(DataFolder folder, String name) {
    return Input.file(folder.find(name));
  }

  private static Optional<Input> ifWanted(Wanted wanted, DataFolder folder, String name) {
    return wanted == Wanted.FEATURES ? Optional.empty() : Optional.of(file(folder, name));
  }

  /** Features of a table; empty if its cells decide the number of inputs. */
  private static OptionalInt features(
      TableEncoding known, ModelSpec model, Preprocessing preprocessing) {
    if (known.columns().isEmpty()) {
      return preprocessing.keepsColumns() ? OptionalInt.of(model.inputs()) : OptionalInt.empty();
    }
    List<IdTable> tables = model.ids();
    boolean areOthers =
        !known.ids().stream()
            .map(ids -> List.of(ids.table(), ids.how().rows(), ids.how().dim()))
            .toList()
            .equals(
                IntStream.range(0, tables.size())
                    .mapToObj(i -> List.of(i, tables.get(i).rows(), tables.get(i).dim()))
                    .toList());
    if (known.inputs() != model.inputs() || areOthers) {
      throw new DataException(
          "the model has %d inputs, but its columns become %d: its file is damaged",
          model.inputs(), known.inputs());
    }
    return OptionalInt.of(known.columns().size());
  }
}
