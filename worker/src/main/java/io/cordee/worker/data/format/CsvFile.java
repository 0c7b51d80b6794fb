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

  /** As bytes of UTF-8. */
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  /** The usual separator that its first line has most of. */
  public static char separator(Input input) {
    try (BufferedReader lines = new BufferedReader(RowText.of(input, 0))) {
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
    try (Lines lines = new Lines(RowStart.FIRST)) {
      if (!lines.advance()) {
        throw new DataException(name() + " has no rows");
      }
      return lines.current.stream().map(RowText::decoded).toList();
    } catch (IOException e) {
      throw DataException.unreadable(name(), e);
    }
  }

  @Override
  public boolean hasCells(int column) {
    return true;
  }

  @Override
  public CellReader open(RowStart from) throws IOException {
    Lines lines = new Lines(from);
    if (format.header() && from.at() == 0) {
      lines.advance();
    }
    return lines;
  }

  private final class Lines implements CellReader {

    private final RowText text;
    private final RowStart from;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private CSVRecord current;
    private long linesBefore;

    Lines(RowStart from) throws IOException {
      this.from = from;
      text = RowText.of(input, from.at());
      try {
        Reader reader = new BufferedReader(text);
        reader.mark(BYTE_ORDER_MARK.length());
        char[] start = new char[BYTE_ORDER_MARK.length()];
        boolean isMarked =
            reader.read(start) == start.length && BYTE_ORDER_MARK.equals(new String(start));
        if (!isMarked) {
          reader.reset();
        }
        CSVFormat usual =
            CSVFormat.DEFAULT
                .builder()
                .setDelimiter(format.separator())
                .setIgnoreSurroundingSpaces(true)
                .setIgnoreEmptyLines(true)
                .get();
        parser = new CSVParser(reader, usual, from.at() + (isMarked ? start.length : 0), 1);
      } catch (IOException | RuntimeException e) {
        text.close();
        throw e;
      }
      records = parser.iterator();
    }

    @Override
    public boolean advance() throws IOException {
      text.nextRow();
      linesBefore = from.line() + parser.getCurrentLineNumber();
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
              name(), linesBefore + 1);
        }
        throw DataException.at(name() + ", line " + (linesBefore + 1), e.getCause());
      }
    }

    @Override
    public RowStart start() {
      return input.plainFile().isEmpty()
          ? new RowStart(0, 0, 0, current.getRecordNumber() - (format.header() ? 2 : 1))
          : new RowStart(0, current.getCharacterPosition(), linesBefore, 0);
    }

    @Override
    public int width() {
      return current.size();
    }

    @Override
    public String cell(int column) {
      return column < current.size() ? RowText.decoded(current.get(column)) : "";
    }

    @Override
    public String row() {
      return "line " + (from.line() + parser.getCurrentLineNumber());
    }

    @Override
    public String hint() {
      return !format.header() && from.at() == 0 && current.getRecordNumber() == 1
          ? " (a first line that names the columns needs header: true in the job)"
          : "";
    }

    @Override
    public void close() throws IOException {
      parser.close();
    }
  }
}
