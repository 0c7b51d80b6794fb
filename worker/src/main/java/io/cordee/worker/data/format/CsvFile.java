package io.cordee.worker.data.format;

import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.rows.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** CSV: quoted fields, spaces around fields ignored, empty lines passed over. */
public record CsvFile(TableFormat.Csv format, Input input) implements TableFile {

  private static final String SEPARATORS = ",;\t|";
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  /** The usual separator that its first line has most of. */
  public static char separator(Input input) {
    try (BufferedReader lines = new BufferedReader(RowText.of(input))) {
      String line = Optional.ofNullable(lines.readLine()).orElse("");
      char best = SEPARATORS.charAt(0);
      for (char candidate : SEPARATORS.toCharArray()) {
        if (count(line, candidate) > count(line, best)) {
          best = candidate;
        }
      }
      return best;
    } catch (IOException e) {
      throw DataException.at(input.name() + ", line 1", e);
    }
  }

  private static long count(String line, char separator) {
    return line.chars().filter(c -> c == separator).count();
  }

  @Override
  public String name() {
    return input.name();
  }

  @Override
  public List<String> first() {
    try (Lines lines = new Lines()) {
      if (!lines.advance()) {
        throw new DataException(name() + " has no rows");
      }
      return List.copyOf(lines.current.toList());
    } catch (IOException e) {
      throw DataException.unreadable(name(), e);
    }
  }

  @Override
  public boolean hasCells(int column) {
    return true;
  }

  @Override
  public CellReader open() throws IOException {
    Lines lines = new Lines();
    if (format.header()) {
      lines.advance();
    }
    return lines;
  }

  private final class Lines implements CellReader {

    private final RowText text = RowText.of(input);
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private CSVRecord current;

    Lines() throws IOException {
      try {
        Reader reader = new BufferedReader(text);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
          reader.reset();
        }
        parser =
            CSVFormat.DEFAULT
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
      records = parser.iterator();
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
        if (e.getCause() instanceof CSVException) {
          throw new DataException(
              "%s, line %d: expected a closing quote, and a separator or a line end after it; found none",
              name(), line);
        }
        throw DataException.at(name() + ", line " + line, e.getCause());
      }
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
}
