package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Preprocessing;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.job.Split;
import io.cordee.common.job.TableEncoding;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Rows from a text file, kept as floats, or as lists of those that are not 0. A slice is reached by
 * passing over the rows before it.
 */
final class TextSource implements DataSource {

  /** Starts to read a file. */
  private interface Opener {
    TextReader open() throws IOException;
  }

  /** How features are kept. */
  private interface Builder {
    FeatureBuilder of(String name, int rows, int width);
  }

  /**
   * A file, whichever of its rows are read, and however.
   *
   * @param scale of numbers that are not encoded
   * @param wanted what of the rows is read
   * @param hasValues whether their targets are values, rather than labels
   * @param names what a job may call each feature
   * @param ignored the columns that the job ignores
   */
  private record TextFile(
      String name,
      ModelSpec model,
      double scale,
      Wanted wanted,
      boolean hasValues,
      List<List<String>> names,
      List<String> ignored,
      Builder builder,
      Opener opener) {

    /** What is to be done to each column. */
    List<TableStatistics.Plan> plans(Preprocessing wanted) {
      try {
        return TableStatistics.plans(wanted, names);
      } catch (DataException e) {
        throw e.within(name);
      }
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
  }

  private final TextFile file;

  /** Of the file's rows, those that are read; none if all are. */
  private final Optional<BitSet> part;

  private Columns columns;
  private Targets.Format targets;

  /** Whether the labels that there are name the classes, once they are counted. */
  private boolean isUnnamed;

  private long counted;

  private TextSource(
      TextFile file, Optional<BitSet> part, Columns columns, Targets.Format targets) {
    this.file = file;
    this.part = part;
    this.columns = columns;
    this.targets = targets;
    this.counted = part.map(BitSet::cardinality).orElse(0);
  }

  private TextSource(TextFile file, Columns columns, List<String> given) {
    this(
        file,
        Optional.empty(),
        columns,
        file.targets(given.isEmpty() ? columns.classNames() : given, columns.encoding()));
    isUnnamed =
        file.wanted == Wanted.TO_LEARN
            && !file.hasValues
            && given.isEmpty()
            && columns.classNames().isEmpty();
  }

  static TextSource csv(
      SourceSpec.Csv spec,
      ModelSpec model,
      Input input,
      Wanted wanted,
      Columns known,
      Preprocessing preprocessing) {
    Features.requireScale(spec.scale(), input.name());
    OptionalInt inputs = features(known.encoding(), model, preprocessing);
    List<String> first = CsvReader.firstLine(spec, input);
    CsvColumns columns = CsvColumns.of(spec, model, first, input.name(), wanted, known, inputs);
    return new TextSource(
        new TextFile(
            input.name(),
            model,
            spec.scale(),
            wanted,
            spec.label().isEmpty(),
            columns.featureNames(),
            columns.ignored().stream().map(columns::title).toList(),
            FeatureBuilder.Dense::new,
            () -> new CsvReader(spec, input, columns)),
        columns.header(spec.wanted()).encoded(known.encoding()).labelled(known.classNames()),
        spec.classes());
  }

  /** How many features a table has; empty if its cells are yet to tell how many inputs that is. */
  private static OptionalInt features(
      TableEncoding known, ModelSpec model, Preprocessing preprocessing) {
    if (known.columns().isEmpty()) {
      return preprocessing.keepsColumns() ? OptionalInt.of(model.inputs()) : OptionalInt.empty();
    }
    if (known.inputs() != model.inputs()) {
      throw new DataException(
          "the model has %d inputs, but its columns become %d: its file is damaged",
          model.inputs(), known.inputs());
    }
    return OptionalInt.of(known.columns().size());
  }

  static TextSource libSvm(
      SourceSpec.LibSvm spec, ModelSpec model, Input input, Wanted wanted, Columns known) {
    Features.requireScale(spec.scale(), input.name());
    return new TextSource(
        new TextFile(
            input.name(),
            model,
            spec.scale(),
            wanted,
            spec.classes().isEmpty() && model.outputs() == 1 && model.output() == Output.LINEAR,
            List.of(),
            List.of(),
            FeatureBuilder.Sparse::new,
            () -> new LibSvmReader(input, model.inputs())),
        Columns.UNKNOWN.labelled(known.classNames()),
        spec.classes());
  }

  @Override
  public String name() {
    return file.name;
  }

  @Override
  public synchronized Columns columns() {
    if (isUnnamed) {
      rows();
    }
    return columns;
  }

  private synchronized Targets.Format targets() {
    columns();
    return targets;
  }

  @Override
  public List<String> ignored() {
    return file.ignored;
  }

  @Override
  public List<List<String>> ignoredTexts() {
    List<List<String>> texts = new ArrayList<>();
    if (!file.ignored.isEmpty()) {
      forEachRow(reader -> texts.add(reader.ignored()));
    }
    return texts;
  }

  // ---- passes over all rows ----

  /** Looks at a row. */
  private interface Look {
    void at(TextReader reader);
  }

  private void forEachRow(Look look) {
    long rows = rows();
    try (Cursor cursor = new Cursor()) {
      for (long row = 0; row < rows; row++) {
        cursor.advance();
        look.at(cursor.reader);
      }
    }
  }

  /** Looks at the labels on the way, where these name the classes. */
  @Override
  public synchronized long rows() {
    if (counted > 0) {
      return counted;
    }
    Set<String> labels = new HashSet<>();
    long rows = 0;
    try (TextReader reader = file.opener.open()) {
      while (reader.advance()) {
        rows++;
        if (isUnnamed && labels.size() <= ClassLabels.most(file.model)) {
          labels.add(reader.label());
        }
        leaveIfInterrupted();
      }
    } catch (IOException e) {
      throw DataException.unreadable(file.name, e);
    }
    if (rows == 0) {
      throw new DataException(file.name + " has no rows");
    }
    if (isUnnamed) {
      name(labels);
    }
    isUnnamed = false;
    counted = rows;
    return counted;
  }

  private void name(Set<String> labels) {
    try {
      List<String> classes = ClassLabels.names(file.model, labels);
      columns = columns.labelled(classes);
      targets = file.targets(classes, columns.encoding());
    } catch (DataException e) {
      throw e.within(file.name);
    } catch (IllegalArgumentException e) {
      throw new DataException(file.name + ": " + e.getMessage());
    }
  }

  /** Some of these rows. */
  TextSource part(BitSet rows) {
    return new TextSource(
        file,
        Optional.of(part.map(whole -> HeldOut.within(whole, rows)).orElse(rows)),
        columns(),
        targets());
  }

  @Override
  public Parts split(Split split) {
    HeldOut heldOut = HeldOut.of(strata(split.stratify() && !file.hasValues), split, file.name);
    return Parts.of(
        heldOut,
        rows -> {
          TextSource some = part(rows);
          some.columns = some.columns.split(heldOut.words());
          return some;
        });
  }

  /** The number of each row's label, in the order in which they come; all 0 if that is all one. */
  private int[] strata(boolean byLabel) {
    int[] strata = new int[rowsInMemory("split")];
    if (byLabel) {
      Map<String, Integer> numbers = new HashMap<>();
      int[] row = {0};
      forEachRow(
          reader ->
              strata[row[0]++] = numbers.computeIfAbsent(reader.label(), label -> numbers.size()));
    }
    return strata;
  }

  private int rowsInMemory(String what) {
    long rows = rows();
    if (rows > Features.MAX_ELEMENTS) {
      throw new DataException(
          "%s: at most %d rows can be %s; found %d", file.name, Features.MAX_ELEMENTS, what, rows);
    }
    return (int) rows;
  }

  @Override
  public DataSource complete(Preprocessing wanted) {
    if (!wanted.mayDrop()) {
      return this;
    }
    CompleteRows complete = new CompleteRows(file.plans(wanted), rowsInMemory("looked at"));
    Targets unread = new Targets.None(file.model.outputs());
    forEachRow(reader -> reader.read(complete, unread, 0));
    if (complete.rows().isEmpty()) {
      throw new DataException(
          "%s: every row has a cell without a value; ignore such columns, or fill them", file.name);
    }
    return part(complete.rows());
  }

  /** Sums go along the same tree as those of gradients, so that they could be taken by any team. */
  @Override
  public DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    if (wanted.isNone()) {
      return this;
    }
    List<TableStatistics.Plan> plans = file.plans(wanted);
    int values = wanted.targets() && file.hasValues ? file.model.outputs() : 0;
    ReductionTree tree = new ReductionTree(partitions.count());
    TreeReduction<TableStatistics> reduction =
        new TreeReduction<>(tree, TableStatistics::plus, added -> {});
    Targets ofRow = targets().of(1);
    float[] numbers = new float[values];
    Mistakes mistakes = new Mistakes();
    try (Cursor cursor = new Cursor()) {
      for (int partition = 0; partition < partitions.count(); partition++) {
        TableStatistics statistics = new TableStatistics(plans, values);
        for (int row = 0; row < partitions.size(partition); row++) {
          cursor.advance();
          mistakes.in(
              () -> {
                cursor.reader.read(statistics, ofRow, 0);
                if (values > 0) {
                  ofRow.copy(0, 1, numbers, 0);
                  statistics.putTargets(numbers);
                }
              });
        }
        reduction.offer(tree.leaf(partition), statistics);
      }
    }
    mistakes.throwAny();
    TableStatistics all = reduction.take(ReductionTree.ROOT).orElseThrow();
    return encoded(encoding(all, texts(plans), wanted.unknown()));
  }

  private TableEncoding encoding(
      TableStatistics all, List<List<String>> texts, Preprocessing.Unknown unknown) {
    try {
      return all.encoding(texts, unknown);
    } catch (DataException e) {
      throw e.within(file.name);
    }
  }

  /** Those of all rows, so that how many inputs there are does not depend on how rows are split. */
  private List<List<String>> texts(List<TableStatistics.Plan> plans) {
    TableTexts texts = new TableTexts(plans);
    if (plans.stream().anyMatch(TableStatistics.Plan::isText)) {
      Targets unread = new Targets.None(file.model.outputs());
      new TextSource(file, Optional.empty(), columns, targets)
          .forEachRow(reader -> reader.read(texts, unread, 0));
    }
    return texts.sorted();
  }

  @Override
  public DataSource encoded(TableEncoding encoding) {
    int inputs = file.model.inputs();
    if (!encoding.isNone() && encoding.inputs() != inputs) {
      throw new DataException(
          "%s: expected columns that become %d inputs, the first of the model's layers; found %d"
              + " (%d columns; %s)",
          file.name,
          inputs,
          encoding.inputs(),
          encoding.columns().size(),
          encoding.words(file.names.stream().map(names -> names.get(0)).toList()));
    }
    if (encoding.toText().length() > TableEncoding.LONGEST) {
      throw new DataException(
          "%s: how its columns are encoded takes more than %d characters; ignore columns with many"
              + " different texts",
          file.name, TableEncoding.LONGEST);
    }
    Targets.Format scaled = file.hasValues ? file.targets(List.of(), encoding) : targets();
    TextSource encoded = new TextSource(file, part, columns().encoded(encoding), scaled);
    encoded.counted = counted;
    return encoded;
  }

  /** Of tables, also whether their columns are of very different sizes. */
  @Override
  public Optional<String> check() {
    TableStatistics statistics =
        new TableStatistics(TableStatistics.plans(Preprocessing.NONE, file.names), 0);
    boolean isPlainTable =
        file.scale == 1 && !file.names.isEmpty() && columns.encoding().columns().isEmpty();
    Cells cells =
        isPlainTable
            ? statistics
            : Encoder.of(columns().encoding(), file.scale, FeatureSink.NOWHERE);
    Targets ofRow = targets().of(1);
    Mistakes mistakes = new Mistakes();
    forEachRow(reader -> mistakes.in(() -> reader.read(cells, ofRow, 0)));
    mistakes.throwAny();
    return isPlainTable ? statistics.spread() : Optional.empty();
  }

  /** Reading a long file can be interrupted. */
  private void leaveIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new DataException("interrupted while reading " + file.name);
    }
  }

  @Override
  public RowCursor cursor() {
    return new Cursor();
  }

  private final class Cursor implements RowCursor {

    private final TextReader reader;
    private long row;

    /** The row of the file that is next. */
    private long inFile;

    Cursor() {
      try {
        reader = file.opener.open();
      } catch (IOException e) {
        throw DataException.unreadable(file.name, e);
      }
    }

    @Override
    public void skip(long rows) {
      for (long i = 0; i < rows; i++) {
        advance();
      }
    }

    @Override
    public StoredRows next(int rows) {
      FeatureBuilder features = file.builder.of(file.name, rows, file.model.inputs());
      Cells cells = Encoder.of(columns.encoding(), file.scale, features);
      Targets filled = targets().of(rows);
      for (int i = 0; i < rows; i++) {
        advance();
        reader.read(cells, filled, i);
      }
      return new StoredRows(rows, features.build(), filled);
    }

    /** To the next row that is one of the part's. */
    private boolean advanceInFile() throws IOException {
      long next = part.isPresent() ? part.get().nextSetBit((int) inFile) : inFile;
      boolean isThere = next >= 0;
      while (isThere && inFile <= next) {
        isThere = reader.advance();
        inFile++;
      }
      return isThere;
    }

    private void advance() {
      try {
        if (!advanceInFile()) {
          throw new DataException(
              file.name + " ends after " + row + " rows; expected more: has it changed meanwhile?");
        }
      } catch (IOException e) {
        throw DataException.unreadable(file.name, e);
      }
      leaveIfInterrupted();
      row++;
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw DataException.unreadable(file.name, e);
      }
    }
  }
}
