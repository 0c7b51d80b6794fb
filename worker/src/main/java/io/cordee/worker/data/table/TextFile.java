package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.Preprocessing.Unlabelled;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.model.ModelSpec;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.format.LibSvmReader;
import io.cordee.worker.data.format.RowReader;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.FeatureBuilder;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.Targets;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * A file of texts, independent of which rows are read.
 *
 * @param scale of numbers that are not encoded
 * @param hasValues whether targets are values, rather than labels
 * @param names by which a job may refer to each feature
 * @param finder of features by what the job calls them
 * @param columns as known without reading rows
 * @param classes those that the job lists; empty if it does not
 * @param index grows with the first look at all rows
 */
public record TextFile(
    String name,
    ModelSpec model,
    double scale,
    Wanted wanted,
    boolean hasValues,
    List<List<String>> names,
    Finder finder,
    List<String> ignored,
    Columns columns,
    List<String> classes,
    FeatureBuilder.Factory builder,
    RowReader.Opener<TextReader> opener,
    RowIndex index) {

  interface Finder {
    /**
     * Returns the place of a column among the features.
     *
     * @param by the key that names it
     * @throws DataException if there is no such feature, or more than one
     */
    int feature(String column, String by);
  }

  /**
   * @param inputs how many features there are; empty if their texts are yet to tell
   */
  public static TextFile table(
      SourceSpec.Table spec,
      ModelSpec model,
      TableFile file,
      Wanted wanted,
      Columns known,
      OptionalInt inputs) {
    Features.requireScale(spec.scale(), file.name());
    TableHeader header = TableHeader.of(file, spec.format());
    TableColumns columns = new TableColumns(spec, model, header, wanted, known, inputs);
    return new TextFile(
        file.name(),
        model,
        spec.scale(),
        wanted,
        spec.label().isEmpty(),
        columns.features().stream().map(header::namesOf).toList(),
        columns::feature,
        columns.ignored().stream().map(header::title).toList(),
        columns.names().encoded(known.encoding()).labelled(known.classNames()),
        spec.classes(),
        FeatureBuilder.ofTable(model),
        from -> new TableReader(columns, from),
        new RowIndex());
  }

  public static TextFile libSvm(
      SourceSpec.LibSvm spec, ModelSpec model, Input input, Wanted wanted, Columns known) {
    Features.requireScale(spec.scale(), input.name());
    return new TextFile(
        input.name(),
        model,
        spec.scale(),
        wanted,
        spec.classes().isEmpty() && model.hasOneValue(),
        List.of(),
        (column, by) -> {
          throw new DataException("%s: %s is for tables; found LIBSVM", input.name(), by);
        },
        List.of(),
        Columns.UNKNOWN.labelled(known.classNames()),
        spec.classes(),
        FeatureBuilder.sparse(model),
        from -> new LibSvmReader(input, model.inputs(), from),
        new RowIndex());
  }

  /** As if these rows were what another reader reads. */
  TextFile reading(String as, RowReader.Opener<TextReader> from) {
    RowIndex its = new RowIndex();
    return new TextFile(
        as, model, scale, wanted, hasValues, names, finder, ignored, columns, classes, builder,
        from, its);
  }

  List<ColumnPlan> plans(Preprocessing wanted) {
    return ColumnPlan.of(wanted, names.stream().map(of -> of.get(0)).toList(), finder);
  }

  Targets.Format targets(List<String> classes, TableEncoding encoding) {
    int width = model.outputs();
    if (wanted == Wanted.FEATURES) {
      return rows -> new Targets.None(width);
    }
    if (hasValues) {
      return rows ->
          new Targets.Values(
              width,
              new float[Features.arrayLength("target columns", rows, width)],
              encoding.targets());
    }
    ClassLabels labels = ClassLabels.of(model, classes);
    return rows -> new Targets.Classes(width, labels, new int[rows]);
  }

  /** The number of ids has gone into the model. */
  void requireRows(TableEncoding encoding) {
    for (TableEncoding.Ids ids : encoding.ids()) {
      int found = ids.how().isHashed() ? ids.how().rows() : 1 + ids.known().size();
      if (found != ids.how().rows()) {
        throw new DataException(
            "%s: expected %d rows for the ids of %s, as the job says; found %d: give the file that the job is for, or leave model.inputs and data.ids.*.rows out, for them to be counted",
            name, ids.how().rows(), model.ids().get(ids.table()).name(), found);
      }
    }
  }

  /** Returns a test for rows that lack a cell or a label without which they are dropped. */
  Predicate<TextReader> dropped(Preprocessing by) {
    if (!by.mayDrop()) {
      return reader -> false;
    }
    List<ColumnPlan> plans = plans(by);
    boolean isLabelNeeded = by.unlabelled() == Unlabelled.DROP;
    boolean[] lacks = {false};
    Cells cells =
        (column, cell) ->
            lacks[0] |= plans.get(column).to().onMissing() == Missing.DROP && cell.isMissing();
    Targets unread = new Targets.None(model.outputs());
    return reader -> {
      lacks[0] = false;
      reader.read(cells, unread, 0);
      return lacks[0] || isLabelNeeded && lacksLabel(reader);
    };
  }

  /** Returns true if a wanted label or target is missing. */
  private boolean lacksLabel(TextReader row) {
    return wanted != Wanted.FEATURES
        && (row.label().isEmpty() || hasValues && Cell.MISSING.contains(row.label()));
  }

  /**
   * Looks at all rows of the file, in order.
   *
   * @return how many there are, at least 1
   */
  long scan(RowReader.Look<TextReader> look) {
    long rows =
        RowReader.scan(
            name,
            opener,
            (row, reader) -> {
              index.note(row, reader.start());
              look.at(row, reader);
            });
    index.end(rows);
    return rows;
  }

  TextReader open(RowStart from) {
    return RowReader.open(name, opener, from);
  }

  FeatureBuilder features(int rows) {
    return builder.make(name, rows, model.inputs());
  }
}
