package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.Preprocessing;
import io.cordee.common.job.Scaling;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.job.Split;
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

  private final String name;
  private final int width;

  private final boolean isLabelled;

  /** Whose classes are named by the labels that there are; none if that is known. */
  private final Optional<ModelSpec> unnamed;

  private Targets.Format targets;
  private Columns columns;

  /** Of the file's rows, those that are read; none if all are. */
  private Optional<BitSet> part = Optional.empty();

  private final List<String> ignored;
  private final Opener opener;
  private final Builder builder;
  private long counted;

  /** The same file, of which other rows are read, or in another way. */
  private TextSource(TextSource whole, Optional<BitSet> part, Scaling scaling) {
    this(
        whole.name,
        whole.width,
        whole.isLabelled,
        Optional.empty(),
        whole.targets(),
        whole.columns().scaled(scaling),
        whole.ignored,
        whole.builder,
        whole.opener);
    this.part = part;
    counted = part.isPresent() ? part.get().cardinality() : whole.counted;
  }

  private TextSource(
      String name,
      int width,
      boolean isLabelled,
      Optional<ModelSpec> unnamed,
      Targets.Format targets,
      Columns columns,
      List<String> ignored,
      Builder builder,
      Opener opener) {
    this.builder = builder;
    this.name = name;
    this.width = width;
    this.isLabelled = isLabelled;
    this.unnamed = unnamed;
    this.targets = targets;
    this.columns = columns;
    this.ignored = ignored;
    this.opener = opener;
  }

  static TextSource csv(
      SourceSpec.Csv spec, ModelSpec model, Input input, Wanted wanted, Columns known) {
    boolean values = spec.label().isEmpty();
    List<String> classes = spec.classes().isEmpty() ? known.classNames() : spec.classes();
    Targets.Format targets = targets(wanted, values, classes, model);
    Features.requireScale(spec.scale(), input.name());
    int scaled = known.scaling().shifts().size();
    if (!known.scaling().isNone() && scaled != model.inputs()) {
      throw new DataException(
          "the model has %d inputs, but scales %d features: its file is damaged",
          model.inputs(), scaled);
    }
    List<String> first = CsvReader.firstLine(spec, input);
    CsvColumns columns = CsvColumns.of(spec, model, first, input.name(), wanted, known);
    return new TextSource(
        input.name(),
        model.inputs(),
        !values,
        unnamed(wanted, values, classes, model),
        targets,
        columns.header(spec.wanted()).scaled(known.scaling()).labelled(known.classNames()),
        columns.ignored().stream().map(columns::title).toList(),
        FeatureBuilder.Dense::new,
        () -> new CsvReader(spec, input, columns));
  }

  static TextSource libSvm(
      SourceSpec.LibSvm spec, ModelSpec model, Input input, Wanted wanted, Columns known) {
    boolean values =
        spec.classes().isEmpty() && model.outputs() == 1 && model.output() == Output.LINEAR;
    List<String> classes = spec.classes().isEmpty() ? known.classNames() : spec.classes();
    Targets.Format targets = targets(wanted, values, classes, model);
    Features.requireScale(spec.scale(), input.name());
    return new TextSource(
        input.name(),
        model.inputs(),
        !values,
        unnamed(wanted, values, classes, model),
        targets,
        Columns.UNKNOWN.labelled(known.classNames()),
        List.of(),
        FeatureBuilder.Sparse::new,
        () -> new LibSvmReader(input, model.inputs(), spec.scale()));
  }

  private static Optional<ModelSpec> unnamed(
      Wanted wanted, boolean values, List<String> classes, ModelSpec model) {
    boolean mayBeNamed = wanted == Wanted.TO_LEARN && !values && classes.isEmpty();
    return mayBeNamed ? Optional.of(model) : Optional.empty();
  }

  private static Targets.Format targets(
      Wanted wanted, boolean values, List<String> classes, ModelSpec model) {
    int width = model.outputs();
    if (wanted == Wanted.FEATURES) {
      return rows -> new Targets.None(width);
    }
    if (values) {
      return rows ->
          new Targets.Values(width, new float[Features.arrayLength("target columns", rows, width)]);
    }
    ClassLabels labels = ClassLabels.of(model, classes);
    return rows -> new Targets.Classes(width, labels, new int[rows]);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized Columns columns() {
    if (unnamed.isPresent()) {
      rows();
    }
    return columns;
  }

  @Override
  public List<String> ignored() {
    return ignored;
  }

  @Override
  public List<List<String>> ignoredTexts() {
    List<List<String>> texts = new ArrayList<>();
    if (ignored.isEmpty()) {
      return texts;
    }
    long rows = rows();
    try (Cursor cursor = new Cursor(opener.open())) {
      for (long row = 0; row < rows; row++) {
        cursor.advance();
        texts.add(cursor.reader.ignored());
      }
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
    return texts;
  }

  private synchronized Targets.Format targets() {
    columns();
    return targets;
  }

  /** Looks at the labels on the way, where these name the classes. */
  @Override
  public synchronized long rows() {
    if (counted == 0) {
      Set<String> labels = new HashSet<>();
      long rows = 0;
      try (TextReader reader = opener.open()) {
        while (reader.advance()) {
          rows++;
          if (unnamed.isPresent() && labels.size() <= ClassLabels.most(unnamed.get())) {
            labels.add(reader.label());
          }
          leaveIfInterrupted();
        }
      } catch (IOException e) {
        throw DataException.unreadable(name, e);
      }
      if (rows == 0) {
        throw new DataException(name + " has no rows");
      }
      unnamed.ifPresent(model -> name(model, labels));
      counted = rows;
    }
    return counted;
  }

  @Override
  public DataSource scaled(Scaling scaling) {
    return new TextSource(this, part, scaling);
  }

  @Override
  public Parts split(Split split) {
    HeldOut heldOut = HeldOut.of(strata(split.stratify() && isLabelled), split, name);
    return Parts.of(
        heldOut,
        rows -> {
          TextSource some = part(part.isPresent() ? within(part.get(), rows) : rows);
          some.columns = some.columns.split(heldOut.words());
          return some;
        });
  }

  /** The rows of a file that are these of its part. */
  private static BitSet within(BitSet part, BitSet rows) {
    BitSet ofFile = new BitSet(part.length());
    int row = 0;
    for (int at = part.nextSetBit(0); at >= 0; at = part.nextSetBit(at + 1)) {
      ofFile.set(at, rows.get(row++));
    }
    return ofFile;
  }

  /** Some rows of the file. */
  TextSource part(BitSet rows) {
    return new TextSource(this, Optional.of(rows), columns().scaling());
  }

  /** The number of each row's label, in the order in which they come; all 0 if that is all one. */
  private int[] strata(boolean byLabel) {
    long rows = rows();
    if (rows > Features.MAX_ELEMENTS) {
      throw new DataException(
          "%s: at most %d rows can be split; found %d; give the rows to be held out a file of their own",
          name, Features.MAX_ELEMENTS, rows);
    }
    int[] strata = new int[(int) rows];
    if (!byLabel) {
      return strata;
    }
    Map<String, Integer> numbers = new HashMap<>();
    try (Cursor cursor = new Cursor(opener.open())) {
      for (int row = 0; row < strata.length; row++) {
        cursor.advance();
        strata[row] = numbers.computeIfAbsent(cursor.reader.label(), label -> numbers.size());
      }
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
    return strata;
  }

  /** Sums go along the same tree as those of gradients, so that they could be taken by any team. */
  @Override
  public DataSource preprocessed(Preprocessing wanted, Partitions partitions) {
    if (wanted == Preprocessing.NONE) {
      return this;
    }
    ReductionTree tree = new ReductionTree(partitions.count());
    TreeReduction<ColumnStatistics> reduction =
        new TreeReduction<>(tree, ColumnStatistics::plus, added -> {});
    Targets unread = targets().of(1);
    try (Cursor cursor = new Cursor(opener.open())) {
      for (int partition = 0; partition < partitions.count(); partition++) {
        ColumnStatistics statistics = new ColumnStatistics(width);
        for (int row = 0; row < partitions.size(partition); row++) {
          cursor.advance();
          cursor.reader.read(statistics, unread, 0);
        }
        reduction.offer(tree.leaf(partition), statistics);
      }
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
    ColumnStatistics all = reduction.take(ReductionTree.ROOT).orElseThrow();
    return scaled(all.scaling(wanted));
  }

  private void name(ModelSpec model, Set<String> labels) {
    try {
      List<String> classes = ClassLabels.names(model, labels);
      columns = columns.labelled(classes);
      targets = targets(Wanted.ALL, false, classes, model);
    } catch (DataException e) {
      throw e.within(name);
    } catch (IllegalArgumentException e) {
      throw new DataException(name + ": " + e.getMessage());
    }
  }

  /** Reading a long file can be interrupted. */
  private void leaveIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new DataException("interrupted while reading " + name);
    }
  }

  @Override
  public RowCursor cursor() {
    try {
      return new Cursor(opener.open());
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
  }

  private final class Cursor implements RowCursor {

    private final TextReader reader;
    private long row;

    /** The row of the file that is next. */
    private long inFile;

    Cursor(TextReader reader) {
      this.reader = reader;
    }

    @Override
    public void skip(long rows) {
      for (long i = 0; i < rows; i++) {
        advance();
      }
    }

    @Override
    public StoredRows next(int rows) {
      FeatureBuilder features = builder.of(name, rows, width);
      FeatureSink scaled = FeatureSink.Scaled.of(columns.scaling(), features);
      Targets filled = targets().of(rows);
      for (int i = 0; i < rows; i++) {
        advance();
        reader.read(scaled, filled, i);
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
              name + " ends after " + row + " rows; expected more: has it changed meanwhile?");
        }
      } catch (IOException e) {
        throw DataException.unreadable(name, e);
      }
      leaveIfInterrupted();
      row++;
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw DataException.unreadable(name, e);
      }
    }
  }
}
