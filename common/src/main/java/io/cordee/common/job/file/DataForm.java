package io.cordee.common.job.file;

import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.IdColumn.Pool;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.SourceSpec.Digits;
import io.cordee.common.job.data.SourceSpec.External;
import io.cordee.common.job.data.SourceSpec.Idx;
import io.cordee.common.job.data.SourceSpec.LibSvm;
import io.cordee.common.job.data.SourceSpec.Npy;
import io.cordee.common.job.data.SourceSpec.Part;
import io.cordee.common.job.data.SourceSpec.Table;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.optimizer.Setting.Bounds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The section {@code data}. */
final class DataForm {

  private enum Format {
    IDX(source -> source instanceof Idx),
    NPY(source -> source instanceof Npy),
    CSV(source -> source instanceof Table table && table.format() instanceof TableFormat.Csv),
    PARQUET(
        source -> source instanceof Table table && table.format() instanceof TableFormat.Parquet),
    LIBSVM(source -> source instanceof LibSvm),
    DIGITS(source -> source instanceof Digits),
    EXTERNAL(source -> source instanceof External);

    private final Predicate<SourceSpec> isOf;

    Format(Predicate<SourceSpec> isOf) {
      this.isOf = isOf;
    }

    static Optional<Format> of(SourceSpec source) {
      return Stream.of(values()).filter(format -> format.isOf.test(source)).findFirst();
    }
  }

  static final Section.Form<DataSpec> FORM =
      Section.Form.called(
          "digits, or a mapping with folder, train, validation, test, split, preprocess, ids",
          DataForm::fill);

  private static final Section.Form<Split> SPLIT =
      Section.Form.called(
          "a mapping such as {validation: 0.1, test: 0.2, seed: 1}", DataForm::split);
  private static final Expected<Integer> FOLDS = Expected.whole(2, 1000);
  private static final Expected<Double> SHARE = Expected.number(new Bounds(0, false, 1, true));

  private static final Expected<Double> NUMBER =
      Expected.number(new Bounds(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true));

  private static final Expected<Integer> AT_LEAST_ONE = Expected.atLeast(1);

  static final String IDS = "ids";
  static final String DIM = "dim";
  static final String ROWS = "rows";
  static final String HASH = "hash";

  /** What {@code data.ids} says of a column. */
  static final Section.Form<IdColumn> ID_COLUMN =
      Section.Form.called("a mapping such as {dim: 16}", DataForm::idColumn);

  private static final String STAND_IN = "";
  private static final double UNSCALED = 1;

  private DataForm() {}

  private static Optional<DataSpec> fill(Section<DataSpec> section) {
    String folder = section.get("folder", Expected.FOLDER_NAME, "", DataSpec::folder);
    Optional<SourceSpec> train = section.require("train", source(Part.TRAIN), DataSpec::train);
    Optional<SourceSpec> validation =
        section.find("validation", source(Part.TEST), DataSpec::validation);
    Optional<SourceSpec> test = section.find("test", source(Part.TEST), DataSpec::test);
    Optional<Split> split = section.find("split", SPLIT, DataSpec::split);
    Preprocessing preprocessing =
        section
            .find(
                "preprocess",
                PreprocessingForm.FORM,
                data -> Optional.of(data.preprocessing().with(Map.of())).filter(it -> !it.isNone()))
            .orElse(Preprocessing.NONE);
    Map<String, IdColumn> ids = section.each(IDS, ID_COLUMN, data -> data.preprocessing().ids());
    preprocessing.categories().stream()
        .filter(ids::containsKey)
        .forEach(
            column ->
                section.problem(
                    "already among preprocess.categories; leave it out there", IDS, column));
    PreprocessingForm.requireNumbers(section, preprocessing, ids.keySet());
    return section.build(
        () ->
            new DataSpec(
                folder, train.orElseThrow(), validation, test, split, preprocessing.with(ids)));
  }

  private static Optional<IdColumn> idColumn(Section<IdColumn> section) {
    int dim = section.require(DIM, AT_LEAST_ONE, 1, IdColumn::dim);
    Optional<Integer> hash =
        section.find(
            HASH, AT_LEAST_ONE, ids -> Optional.of(ids.rows()).filter(all -> ids.isHashed()));
    Optional<Integer> minCount =
        section.find(
            "min_count",
            AT_LEAST_ONE,
            ids -> Optional.of(ids.minCount()).filter(count -> count > 1));
    Optional<String> separator =
        section.find(
            "split",
            Expected.text("the text between ids, such as \" \""),
            ids -> Optional.of(ids.separator()).filter(text -> !text.isEmpty()));
    Optional<Pool> pool =
        section.find(
            "pool",
            Expected.word(Pool.class),
            ids -> Optional.of(ids.pool()).filter(word -> word != Pool.SUM));
    Optional<Integer> rows =
        section.find(
            ROWS, AT_LEAST_ONE, ids -> Optional.of(ids.rows()).filter(all -> !ids.isHashed()));
    if (hash.isPresent()) {
      minCount.ifPresent(
          count ->
              section.problem("is for ids of a dictionary; with hash there is none", "min_count"));
      rows.ifPresent(count -> section.problem("already given by hash; leave it out", ROWS));
    } else if (rows.isEmpty() && !section.has(HASH)) {
      section.problem(
          "missing; give it along with model.inputs, or leave both out and training commands count them",
          ROWS);
    }
    if (pool.isPresent() && separator.isEmpty()) {
      section.problem("is for cells of several ids; give split, too", "pool");
    }
    return section.build(
        () ->
            new IdColumn(
                dim,
                hash.or(() -> rows).orElse(1),
                minCount.orElse(1),
                separator.orElse(""),
                pool.orElse(Pool.SUM),
                hash.isPresent()));
  }

  private static Optional<Split> split(Section<Split> section) {
    double validation = section.get("validation", SHARE, 0.0, Split::validation);
    double test = section.get("test", SHARE, 0.0, Split::test);
    int folds =
        section.find("folds", FOLDS, it -> Optional.of(it.folds()).filter(k -> k > 0)).orElse(0);
    int fold =
        section
            .find(
                "fold",
                Expected.atLeast(1),
                it -> Optional.of(it.fold()).filter(k -> it.folds() > 0))
            .orElse(1);
    if (folds > 0 && test > 0) {
      section.problem("with folds, one of them is to test on; leave it out", "test");
    } else if (fold > Math.max(1, folds)) {
      section.problem("expected one of the %d folds; found %d".formatted(folds, fold), "fold");
    }
    long seed = section.get("seed", Expected.WHOLE, 1L, Split::seed);
    boolean stratify = section.get("stratify", Expected.TRUTH, true, Split::stratify);
    return section.build(() -> new Split(validation, test, seed, stratify, folds, fold));
  }

  /**
   * @param part what the source is for, and which digits they are unless it says otherwise
   */
  private static Section.Form<SourceSpec> source(Part part) {
    return Section.Form.called(
        "a mapping such as {format: csv, file: train.csv, label: class}",
        section -> fillSource(section, part));
  }

  private static Optional<SourceSpec> fillSource(Section<SourceSpec> section, Part part) {
    section.needs("format", Expected.word(Format.class)::words);
    return section
        .find("format", Expected.word(Format.class), Format::of)
        .flatMap(
            format ->
                switch (format) {
                  case IDX -> idx(section);
                  case NPY -> npy(section);
                  case CSV -> table(section, DataForm::csv);
                  case PARQUET -> table(section, DataForm::parquet);
                  case LIBSVM -> libSvm(section);
                  case DIGITS -> digits(section, part);
                  case EXTERNAL -> external(section);
                });
  }

  private static Optional<SourceSpec> idx(Section<SourceSpec> section) {
    String features = file(section, "features", source -> ((Idx) source).features());
    String labels = file(section, "labels", source -> ((Idx) source).labels());
    double scale = scale(section);
    Optional<String> sha256 = sha256(section);
    return section.build(() -> new Idx(features, labels, scale, sha256));
  }

  private static Optional<SourceSpec> npy(Section<SourceSpec> section) {
    String features = file(section, "features", source -> ((Npy) source).features());
    Optional<String> labels =
        section.find("labels", Expected.FILE_NAME, source -> ((Npy) source).labels());
    Optional<String> targets =
        section.find("targets", Expected.FILE_NAME, source -> ((Npy) source).targets());
    double scale = scale(section);
    Optional<String> sha256 = sha256(section);
    return section.build(() -> new Npy(features, labels, targets, scale, sha256));
  }

  private static Optional<SourceSpec> table(
      Section<SourceSpec> section, Function<Section<SourceSpec>, TableFormat> formatOf) {
    String file = file(section, "file", source -> ((Table) source).file());
    TableFormat format = formatOf.apply(section);
    Expected<String> column =
        format.hasNames() ? Expected.text("a column's name or index") : Expected.INDEX;
    boolean isDerived = section.isMapping("label", source -> ((Table) source).above().isPresent());
    Optional<Derived> derived =
        isDerived
            ? section.find("label", of -> derived(of, column), it -> Derived.of((Table) it))
            : Optional.empty();
    Optional<String> label =
        isDerived
            ? derived.map(Derived::column)
            : section.find("label", column, source -> ((Table) source).label());
    List<String> targets = columns(section, "targets", "[x, y]", column, Table::targets);
    List<String> features =
        columns(section, "features", "[width, height]", column, Table::features);
    List<String> ignored = columns(section, "ignore", "[id]", column, Table::ignored);
    List<String> classes = classes(section);
    double scale = scale(section);
    Optional<String> sha256 = sha256(section);
    Optional<Double> above = derived.map(Derived::above);
    List<String> naValues =
        section.list(
            "na_values",
            1,
            "a list of texts, such as [unknown]",
            Expected.text("a cell's text"),
            source -> ((Table) source).naValues());
    return section.build(
        () ->
            new Table(
                file, format, label, targets, features, ignored, classes, scale, sha256, above,
                naValues));
  }

  private static List<String> columns(
      Section<SourceSpec> section,
      String key,
      String example,
      Expected<String> column,
      Function<Table, List<String>> of) {
    String form = "a list of columns, such as " + example;
    return section.list(key, 1, form, column, source -> of.apply((Table) source));
  }

  /** A label that is whether a column's number is above another. */
  private record Derived(String column, double above) {
    static Optional<Derived> of(Table table) {
      return table.above().map(above -> new Derived(table.label().orElseThrow(), above));
    }
  }

  private static Optional<Derived> derived(Section<Derived> section, Expected<String> column) {
    String name = section.require("column", column, STAND_IN, Derived::column);
    double above = section.require("above", NUMBER, 0.0, Derived::above);
    return section.build(() -> new Derived(name, above));
  }

  private static TableFormat csv(Section<SourceSpec> section) {
    TableFormat.Csv usual = TableFormat.Csv.USUAL;
    boolean header =
        section.get("header", Expected.TRUTH, usual.header(), source -> csv(source).header());
    char separator =
        section.get(
            "separator", Expected.SEPARATOR, usual.separator(), source -> csv(source).separator());
    return new TableFormat.Csv(header, separator);
  }

  private static TableFormat parquet(Section<SourceSpec> section) {
    for (String key : List.of("header", "separator")) {
      if (section.has(key)) {
        section.problem("applies only to format: csv", key);
      }
    }
    return new TableFormat.Parquet();
  }

  private static TableFormat.Csv csv(SourceSpec source) {
    return (TableFormat.Csv) ((Table) source).format();
  }

  private static Optional<SourceSpec> libSvm(Section<SourceSpec> section) {
    String file = file(section, "file", source -> ((LibSvm) source).file());
    List<String> classes = classes(section);
    double scale = scale(section);
    Optional<String> sha256 = sha256(section);
    return section.build(() -> new LibSvm(file, classes, scale, sha256));
  }

  private static Optional<SourceSpec> digits(Section<SourceSpec> section, Part usual) {
    Part part =
        section.get("part", Expected.word(Part.class), usual, source -> ((Digits) source).part());
    return section.build(() -> new Digits(part));
  }

  private static Optional<SourceSpec> external(Section<SourceSpec> section) {
    String name =
        section.require(
            "name", Expected.text("a name of rows"), STAND_IN, it -> ((External) it).name());
    boolean labelled =
        section.get("labels", Expected.TRUTH, true, source -> ((External) source).labelled());
    return section.build(() -> new External(name, labelled));
  }

  private static String file(
      Section<SourceSpec> section, String key, Function<SourceSpec, String> of) {
    return section.require(key, Expected.FILE_NAME, STAND_IN, of);
  }

  private static List<String> classes(Section<SourceSpec> section) {
    return section.list(
        "classes",
        2,
        "a list of at least 2 texts",
        Expected.text("a label's text"),
        SourceSpec::classes);
  }

  private static Optional<String> sha256(Section<SourceSpec> section) {
    return section.find("sha256", Expected.SHA256, SourceSpec::sha256);
  }

  private static double scale(Section<SourceSpec> section) {
    return section.get("scale", Expected.ABOVE_ZERO, UNSCALED, SourceSpec::scale);
  }
}
