package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.Preprocessing.Unlabelled;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.Features;
import io.cordee.worker.data.rows.HeldOut;
import io.cordee.worker.data.rows.Mistakes;
import io.cordee.worker.data.rows.Partitions;
import io.cordee.worker.data.rows.Targets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Rows from a file of texts, kept as floats, or as lists of non-zero ones. */
public final class TextSource implements DataSource {

  private final TextFile file;

  /** The rows of the file to read; empty for all. */
  private final Optional<BitSet> part;

  private Columns columns;
  private Targets.Format targets;

  /** Whether the labels name the classes, once counted. */
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

  public TextSource(TextFile file) {
    this(
        file,
        Optional.empty(),
        file.columns(),
        file.targets(
            file.classes().isEmpty() ? file.columns().classNames() : file.classes(),
            file.columns().encoding()));
    isUnnamed =
        file.wanted() == Wanted.TO_LEARN
            && !file.hasValues()
            && file.classes().isEmpty()
            && columns.classNames().isEmpty();
  }

  @Override
  public String name() {
    return file.name();
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
    return file.ignored();
  }

  @Override
  public List<List<String>> ignoredTexts() {
    List<List<String>> texts = new ArrayList<>();
    if (!file.ignored().isEmpty()) {
      forEachRow(reader -> texts.add(reader.ignored()));
    }
    return texts;
  }

  void forEachRow(Consumer<TextReader> look) {
    long rows = rows();
    try (TextCursor cursor = cursor()) {
      cursor.forEach(rows, look);
    }
  }

  /** Also collects the labels if they name the classes. */
  @Override
  public synchronized long rows() {
    if (counted > 0) {
      return counted;
    }
    Set<String> labels = new HashSet<>();
    long rows =
        file.scan(
            (row, reader) -> {
              if (isUnnamed && labels.size() <= ClassLabels.most(file.model())) {
                labels.add(reader.label());
              }
            });
    if (isUnnamed) {
      name(labels);
    }
    isUnnamed = false;
    counted = rows;
    return counted;
  }

  private void name(Set<String> labels) {
    try {
      List<String> classes = ClassLabels.names(file.model(), labels);
      columns = columns.labelled(classes);
      targets = file.targets(classes, columns.encoding());
    } catch (DataException e) {
      throw e.within(file.name());
    } catch (IllegalArgumentException e) {
      throw new DataException(file.name() + ": " + e.getMessage());
    }
  }

  public TextSource part(BitSet rows) {
    return new TextSource(
        file,
        Optional.of(part.map(whole -> HeldOut.within(whole, rows)).orElse(rows)),
        columns(),
        targets());
  }

  @Override
  public Optional<BitSet> part() {
    return part;
  }

  @Override
  public long[] index() {
    return file.index().words();
  }

  @Override
  public DataSource known(Optional<BitSet> rows, long count, long[] index) {
    file.index().fill(index);
    TextSource known = new TextSource(file, rows, columns(), targets());
    known.counted = count;
    return known;
  }

  @Override
  public Parts split(Split split) {
    HeldOut heldOut = HeldOut.of(strata(split.stratify() && !file.hasValues()), split, file.name());
    return Parts.of(
        heldOut,
        rows -> {
          TextSource some = part(rows);
          some.columns = some.columns.split(heldOut.words());
          return some;
        });
  }

  /** The label's number for each row, in order of first appearance; all 0 if not by label. */
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
          "%s: at most %d rows can be %s; found %d",
          file.name(), Features.MAX_ELEMENTS, what, rows);
    }
    return (int) rows;
  }

  @Override
  public DataSource complete(Preprocessing wanted) {
    if (!wanted.mayDrop()) {
      return this;
    }
    List<TableStatistics.Plan> plans = file.plans(wanted);
    int rows = rowsInMemory("looked at");
    BitSet complete = new BitSet(rows);
    complete.set(0, rows);
    int[] row = {0};
    Cells cells =
        (column, text, place) -> {
          if (plans.get(column).to().onMissing() == Missing.DROP && Cells.MISSING.contains(text)) {
            complete.clear(row[0]);
          }
        };
    Targets unread = new Targets.None(file.model().outputs());
    forEachRow(
        reader -> {
          reader.read(cells, unread, 0);
          if (wanted.unlabelled() == Unlabelled.DROP && file.lacksLabel(reader)) {
            complete.clear(row[0]);
          }
          row[0]++;
        });
    if (complete.isEmpty()) {
      throw new DataException(
          "%s: every row has a cell without a value; ignore such columns, or fill them",
          file.name());
    }
    return part(complete);
  }

  /**
   * In one pass over the file: numbers of these rows, and texts of all, so that the number of
   * inputs does not depend on how rows are split.
   */
  @Override
  public DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    if (wanted.isNone()) {
      return this;
    }
    List<TableStatistics.Plan> plans = file.plans(wanted);
    int values = wanted.targets() && file.hasValues() ? file.model().outputs() : 0;
    TableTexts texts = new TableTexts(plans);
    PartitionStatistics statistics =
        new PartitionStatistics(partitions, () -> new TableStatistics(plans, texts, values));
    Targets ofRow = targets().of(1);
    Targets unread = new Targets.None(file.model().outputs());
    float[] numbers = new float[values];
    Mistakes mistakes = new Mistakes();
    file.scan(
        (row, reader) -> {
          if (part.isPresent() && !part.get().get((int) row)) {
            if (texts.areWanted()) {
              mistakes.in(() -> reader.read(texts, unread, 0));
            }
            return;
          }
          TableStatistics ofPartition = statistics.ofNextRow();
          mistakes.in(
              () -> {
                reader.read(ofPartition, ofRow, 0);
                if (values > 0) {
                  ofRow.copy(0, 1, numbers, 0);
                  ofPartition.putTargets(numbers);
                }
              });
        });
    mistakes.throwAny();
    return encoded(encoding(statistics, wanted.unknown()));
  }

  private TableEncoding encoding(PartitionStatistics statistics, Preprocessing.Unknown unknown) {
    try {
      return statistics.all().encoding(unknown);
    } catch (DataException e) {
      throw e.within(file.name());
    }
  }

  /** Texts of all rows of the file, and ids of those to train on. */
  public TableCounts counts(Preprocessing wanted, Optional<Split> split) {
    DataSource train = this;
    if (!wanted.ids().isEmpty()) {
      DataSource whole = complete(wanted);
      train = split.map(it -> whole.split(it).train()).orElse(whole);
    }
    return TableCounts.of(file, wanted, this, (TextSource) train);
  }

  public int labels() {
    ClassLabels.Count labels = new ClassLabels.Count(TableSurvey.MOST_TEXTS);
    forEachRow(reader -> labels.put(reader.label()));
    return labels.of(file.name());
  }

  @Override
  public DataSource encoded(TableEncoding encoding) {
    int inputs = file.model().inputs();
    if (!encoding.isNone() && encoding.inputs() != inputs) {
      throw new DataException(
          "%s: expected columns that become %d inputs, as many as the model has; found %d"
              + " (%d columns; %s)",
          file.name(),
          inputs,
          encoding.inputs(),
          encoding.columns().size(),
          encoding.words(file.names().stream().map(names -> names.get(0)).toList()));
    }
    if (encoding.toText().length() > TableEncoding.LONGEST) {
      throw new DataException(
          "%s: how its columns are encoded takes more than %d characters; ignore columns with many"
              + " different texts, or hash them as ids",
          file.name(), TableEncoding.LONGEST);
    }
    file.requireRows(encoding);
    Targets.Format scaled = file.hasValues() ? file.targets(List.of(), encoding) : targets();
    TextSource encoded = new TextSource(file, part, columns().encoded(encoding), scaled);
    encoded.counted = counted;
    return encoded;
  }

  /** For tables, also checks whether columns differ much in size. */
  @Override
  public Optional<String> check() {
    List<TableStatistics.Plan> plans = TableStatistics.plans(Preprocessing.NONE, file.names());
    TableStatistics statistics = new TableStatistics(plans, new TableTexts(plans), 0);
    boolean isPlainTable =
        file.scale() == 1 && !file.names().isEmpty() && columns.encoding().columns().isEmpty();
    Cells cells =
        isPlainTable
            ? statistics
            : Encoder.of(columns().encoding(), file.scale(), (feature, value) -> {});
    Targets ofRow = targets().of(1);
    Mistakes mistakes = new Mistakes();
    forEachRow(reader -> mistakes.in(() -> reader.read(cells, ofRow, 0)));
    mistakes.throwAny();
    return isPlainTable ? statistics.spread() : Optional.empty();
  }

  @Override
  public TextCursor cursor() {
    return new TextCursor(file, part, columns().encoding(), targets());
  }
}
