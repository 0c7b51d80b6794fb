package io.cordee.worker.data.table;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.Preprocessing;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Rows from a file of texts, kept as floats, or as lists of non-zero ones. */
public final class TextSource implements DataSource {

  /** In which ids and texts are counted. */
  private static final int SHARES = 64;

  private final TextFile file;

  /** The rows of the file to read, once those to drop are known; empty for all. */
  private Optional<BitSet> part;

  private Preprocessing dropping = Preprocessing.NONE;

  private Columns columns;
  private Targets.Format targets;

  /** True if the labels name the classes, which are yet to be counted. */
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
  public List<String> texts(String column) {
    List<String> texts = new ArrayList<>();
    forEachRow(reader -> texts.add(reader.cell(column)));
    return texts;
  }

  @Override
  public List<List<String>> ignoredTexts() {
    List<List<String>> texts = new ArrayList<>();
    if (!file.ignored().isEmpty()) {
      forEachRow(reader -> texts.add(reader.ignored()));
    }
    return texts;
  }

  @Override
  public String unseen() {
    UnseenStrings unseen = new UnseenStrings();
    if (columns().encoding().columns().isEmpty()) {
      return "";
    }
    Cells cells = Encoder.of(columns().encoding(), 1, (feature, value) -> {}, unseen);
    Targets unread = new Targets.None(file.model().outputs());
    forEachRow(
        reader -> {
          reader.read(cells, unread, 0);
          unseen.endRow();
        });
    return unseen.words(file.names().stream().map(names -> names.get(0)).toList());
  }

  private void forEachRow(Consumer<TextReader> look) {
    long rows = rows();
    try (TextCursor cursor = cursor()) {
      cursor.forEach(rows, look);
    }
  }

  @Override
  public void tell(Consumer<String> progress) {
    file.index().progress(progress);
  }

  @Override
  public synchronized long rows() {
    if (counted == 0) {
      look(false);
    }
    return counted;
  }

  /**
   * The first look at all rows of the file counts them, finds those to drop, and collects the
   * labels if they name the classes.
   *
   * @return the number of each row's label, in order of first appearance; none unless by label
   */
  private synchronized int[] look(boolean byLabel) {
    Predicate<TextReader> isDropped = file.dropped(dropping);
    BitSet complete = new BitSet();
    Map<String, Long> labels = new LinkedHashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    IntStream.Builder strata = IntStream.builder();
    long rows =
        file.scan(
            (row, reader) -> {
              if (isUnnamed && labels.size() <= ClassLabels.most(file.model())) {
                labels.putIfAbsent(reader.label(), row);
              }
              boolean isInMemory = row < Features.MAX_ELEMENTS;
              if (part.isPresent() && !part.get().get((int) row) || isDropped.test(reader)) {
                return;
              }
              if (dropping.mayDrop() && isInMemory) {
                complete.set((int) row);
              }
              if (byLabel && isInMemory) {
                strata.add(numbers.computeIfAbsent(reader.label(), label -> numbers.size()));
              }
            });
    if (isUnnamed) {
      name(labels);
    }
    isUnnamed = false;
    counted = counted == 0 ? rows : counted;
    if (dropping.mayDrop()) {
      requireInMemory("looked at");
      if (complete.isEmpty()) {
        throw new DataException(
            "%s: every row has a cell without a value; ignore such columns, or fill them",
            file.name());
      }
      dropping = Preprocessing.NONE;
      part = Optional.of(complete);
      counted = complete.cardinality();
    }
    return strata.build().toArray();
  }

  private void name(Map<String, Long> labels) {
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
        Optional.of(part().map(whole -> HeldOut.within(whole, rows)).orElse(rows)),
        columns(),
        targets());
  }

  @Override
  public synchronized Optional<BitSet> part() {
    if (dropping.mayDrop()) {
      look(false);
    }
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

  private int[] strata(boolean byLabel) {
    int[] strata = byLabel ? look(true) : new int[0];
    requireInMemory("split");
    return byLabel ? strata : new int[(int) counted];
  }

  private void requireInMemory(String what) {
    if (rows() > Features.MAX_ELEMENTS) {
      throw new DataException(
          "%s: at most %d rows can be %s; found %d",
          file.name(), Features.MAX_ELEMENTS, what, counted);
    }
  }

  @Override
  public DataSource complete(Preprocessing wanted) {
    if (!wanted.mayDrop()) {
      return this;
    }
    TextSource complete = new TextSource(file, part(), columns, targets);
    complete.isUnnamed = isUnnamed;
    complete.counted = 0;
    complete.dropping = wanted;
    return complete;
  }

  @Override
  public DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    if (wanted.isNone()) {
      return this;
    }
    int values = wanted.targets() && file.hasValues() ? file.model().outputs() : 0;
    TableStatistics statistics =
        new PartitionStatistics(file, part(), partitions, file.plans(wanted), targets(), values)
            .all(TableStatistics::add);
    return encoded(statistics.encoding(file.name(), wanted.unknown()));
  }

  /** Counts texts of all rows of the file, and ids of those to train on. */
  public TableCounts counts(Preprocessing wanted, Optional<Split> split) {
    List<ColumnPlan> plans = file.plans(wanted);
    TableStatistics statistics =
        plans.stream().anyMatch(ColumnPlan::isCounted)
            ? texts(wanted, split, plans)
            : new TableStatistics(plans, 0);
    return statistics.counts(wanted.unknown());
  }

  private TableStatistics texts(
      Preprocessing wanted, Optional<Split> split, List<ColumnPlan> plans) {
    DataSource whole = complete(wanted);
    DataSource train = split.map(it -> whole.split(it).train()).orElse(whole);
    Partitions shares = Partitions.of(train, (int) Math.min(SHARES, train.rows()));
    Targets.Format unread = rows -> new Targets.None(file.model().outputs());
    return new PartitionStatistics(file, train.part(), shares, plans, unread, 0)
        .all(TableStatistics::addTexts);
  }

  /**
   * Counts the different labels.
   *
   * @throws DataException if there are too few or too many for classes
   */
  public int labels() {
    TextCounts labels = new TextCounts(TableSurvey.MOST_TEXTS);
    file.scan(
        (row, reader) ->
            Optional.of(ClassLabels.key(reader.label()))
                .filter(key -> !key.isEmpty())
                .ifPresent(labels::add));
    Set<String> found = labels.rows().keySet();
    if (found.size() < 2 || labels.areTooMany()) {
      throw new DataException(
          "%s: expected 2 to %d different labels; found %s",
          file.name(),
          TableSurvey.MOST_TEXTS,
          labels.areTooMany()
              ? "more; give numbers to predict as targets"
              : found.isEmpty() ? "none" : "1: " + String.join("", found));
    }
    return found.size();
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
          "%s: how its columns are encoded takes more than %d characters, column '%s' the"
              + " most of all; ids take less with a larger min_count or with hash, and columns that"
              + " are ignored take nothing",
          file.name(), TableEncoding.LONGEST, file.names().get(encoding.longest()).get(0));
    }
    file.requireRows(encoding);
    Targets.Format scaled = file.hasValues() ? file.targets(List.of(), encoding) : targets();
    TextSource encoded = new TextSource(file, part(), columns().encoded(encoding), scaled);
    encoded.counted = counted;
    return encoded;
  }

  /** For tables, also checks whether columns differ much in size. */
  @Override
  public Optional<String> check() {
    TableStatistics statistics = new TableStatistics(file.plans(Preprocessing.NONE), 0);
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
    return new TextCursor(file, part(), columns().encoding(), targets());
  }
}
