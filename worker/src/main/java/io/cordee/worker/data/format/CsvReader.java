package io.cordee.worker.data.format;

import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.rows.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads CSV: quoted fields, spaces around fields ignored, empty lines passed over. */
final class CsvReader implements CellReader {

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final TableFormat.Csv format;
  private final String name;
  private final RowText text;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private CSVRecord current;

  CsvReader(TableFormat.Csv format, Input input) throws IOException {
    name = input.name();
    this.format = format;
    text = RowText.of(input);
    parser = parse(format, text);
    records = parser.iterator();
    if (format.header()) {
      advance();
    }
  }

  static List<String> firstLine(TableFormat.Csv format, Input input) {
    try (RowText text = RowText.of(input);
        CSVParser parser = parse(format, text)) {
      Iterator<CSVRecord> records = parser.iterator();
      if (!records.hasNext()) {
        throw new DataException(input.name() + " has no rows");
      }
      return List.copyOf(records.next().toList());
    } catch (IOException e) {
      throw DataException.unreadable(input.name(), e);
    } catch (UncheckedIOException e) {
      throw unreadable(input.name(), 1, e);
    }
  }

  private static CSVParser parse(TableFormat.Csv format, RowText text) throws IOException {
    try {
      Reader reader = new BufferedReader(text);
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return CSVFormat.DEFAULT
          .builder()
          .setDelimiter(format.separator())
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
    long line = parser.getCurrentLineNumber() + 1;
    try {
      if (!records.hasNext()) {
        return false;
      }
      current = records.next();
      return true;
    } catch (UncheckedIOException e) {
      throw unreadable(name, line, e);
    }
  }

  private static DataException unreadable(String name, long line, UncheckedIOException e) {
    return e.getCause() instanceof CSVException
        ? new DataException(
            "%s, line %d: expected a closing quote, and a separator or a line end after it; found none",
            name, line)
        : DataException.at(name + ", line " + line, e.getCause());
  }

  @Override
  public int width() {
    return current.size();
  }

  @Override
  public String cell(int column) {
    return column < current.size() ? current.get(column) : "";
  }

  @Override
  public String row() {
    return "line " + parser.getCurrentLineNumber();
  }

  @Override
  public String hint() {
    return !format.header() && current.getRecordNumber() == 1
        ? " (a first line that names the columns needs header: true in the job)"
        : "";
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
