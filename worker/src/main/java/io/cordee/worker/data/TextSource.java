package io.cordee.worker.data;

import io.cordee.common.job.Columns;
import io.cordee.common.job.SourceSpec;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import java.io.IOException;
import java.util.List;

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
  private final Targets.Format targets;
  private final Columns columns;
  private final Opener opener;
  private final Builder builder;
  private long counted;

  private TextSource(
      String name,
      int width,
      Targets.Format targets,
      Columns columns,
      Builder builder,
      Opener opener) {
    this.builder = builder;
    this.name = name;
    this.width = width;
    this.targets = targets;
    this.columns = columns;
    this.opener = opener;
  }

  static TextSource csv(SourceSpec.Csv spec, ModelSpec model, Input input, Wanted wanted) {
    boolean values = spec.label().isEmpty();
    Targets.Format targets = targets(wanted, values, spec.classes(), model);
    Features.requireScale(spec.scale(), input.name());
    List<String> first = CsvReader.firstLine(spec, input);
    CsvColumns columns = CsvColumns.of(spec, model, first, input.name(), wanted);
    return new TextSource(
        input.name(),
        model.inputs(),
        targets,
        columns.header(spec.label().map(List::of).orElse(spec.targets())),
        FeatureBuilder.Dense::new,
        () -> new CsvReader(spec, input, columns));
  }

  static TextSource libSvm(SourceSpec.LibSvm spec, ModelSpec model, Input input, Wanted wanted) {
    boolean values =
        spec.classes().isEmpty() && model.outputs() == 1 && model.output() == Output.LINEAR;
    Targets.Format targets = targets(wanted, values, spec.classes(), model);
    Features.requireScale(spec.scale(), input.name());
    return new TextSource(
        input.name(),
        model.inputs(),
        targets,
        Columns.UNKNOWN,
        FeatureBuilder.Sparse::new,
        () -> new LibSvmReader(input, model.inputs(), spec.scale()));
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
  public Columns columns() {
    return columns;
  }

  @Override
  public synchronized long rows() {
    if (counted == 0) {
      try (TextReader reader = opener.open()) {
        long rows = 0;
        while (reader.advance()) {
          rows++;
          leaveIfInterrupted();
        }
        counted = rows;
      } catch (IOException e) {
        throw DataException.unreadable(name, e);
      }
      if (counted == 0) {
        throw new DataException(name + " has no rows");
      }
    }
    return counted;
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
      Targets filled = targets.of(rows);
      for (int i = 0; i < rows; i++) {
        advance();
        reader.read(features, filled, i);
      }
      return new StoredRows(rows, features.build(), filled);
    }

    private void advance() {
      try {
        if (!reader.advance()) {
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
