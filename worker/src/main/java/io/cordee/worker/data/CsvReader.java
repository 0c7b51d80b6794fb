package io.cordee.worker.data;

import io.cordee.common.job.SourceSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads CSV: quoted fields, spaces around fields ignored, empty lines passed over. */
final class CsvReader implements TextReader {

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final SourceSpec.Csv spec;
  private final CsvColumns columns;
  private final String name;
  private final RowText text;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private CSVRecord current;
  private int column;

  CsvReader(SourceSpec.Csv spec, Input input, CsvColumns columns) throws IOException {
    this.spec = spec;
    this.columns = columns;
    name = input.name();
    text = new RowText(new InputStreamReader(input.open(), StandardCharsets.UTF_8));
    parser = parse(spec, text);
    records = parser.iterator();
    if (spec.header()) {
      advance();
    }
  }

  /** The fields of a file's header or first row. */
  static List<String> firstLine(SourceSpec.Csv spec, Input input) {
    try (RowText text = new RowText(new InputStreamReader(input.open(), StandardCharsets.UTF_8));
        CSVParser parser = parse(spec, text)) {
      Iterator<CSVRecord> records = parser.iterator();
      if (!records.hasNext()) {
        throw new DataException(input.name() + " has no rows");
      }
      return List.copyOf(records.next().toList());
    } catch (IOException e) {
      throw DataException.unreadable(input.name(), e);
    } catch (UncheckedIOException e) {
      throw DataException.unreadable(input.name(), e.getCause());
    }
  }

  private static CSVParser parse(SourceSpec.Csv spec, RowText text) throws IOException {
    try {
      Reader reader = new BufferedReader(text);
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return CSVFormat.DEFAULT
          .builder()
          .setDelimiter(spec.separator())
          .setIgnoreSurroundingSpaces(true)
          .setIgnoreEmptyLines(true)
          .get()
          .parse(reader);
    } catch (IOException | RuntimeException e) {
      text.close();
      throw e;
    }
  }

  @Override
  public boolean advance() throws IOException {
    text.nextRow();
    try {
      if (!records.hasNext()) {
        return false;
      }
      current = records.next();
      return true;
    } catch (UncheckedIOException e) {
      throw new DataException(
          name + ", line " + parser.getCurrentLineNumber() + ": " + e.getCause().getMessage(),
          e.getCause());
    }
  }

  @Override
  public void read(Cells cells, Targets targets, int row) {
    if (current.size() != columns.width()) {
      throw new DataException(
          "%s, line %d: expected %d columns, as in the first line; found %d",
          name, parser.getCurrentLineNumber(), columns.width(), current.size());
    }
    for (int i = 0; i < columns.features().size(); i++) {
      column = columns.features().get(i);
      cells.put(i, current.get(column), this);
    }
    for (int i = 0; i < columns.targets().size(); i++) {
      column = columns.targets().get(i);
      targets.put(row, i, current.get(column), this);
    }
    cells.endRow();
  }

  @Override
  public String label() {
    return columns.targets().isEmpty() ? "" : text(columns.targets().get(0));
  }

  private String text(int index) {
    return index < current.size() ? current.get(index) : "";
  }

  @Override
  public List<String> ignored() {
    return columns.ignored().stream().map(this::text).toList();
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    String line = name + ", line " + parser.getCurrentLineNumber() + ", ";
    boolean maybeHeader = !spec.header() && current.getRecordNumber() == 1;
    return DataException.of(
        line + columns.describe(column) + ": " + expected,
        line + columns.describe(column, spec) + ": " + expected,
        found,
        maybeHeader
            ? hint + " (a first line that names the columns needs header: true in the job)"
            : hint);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
