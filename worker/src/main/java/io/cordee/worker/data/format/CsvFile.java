package io.cordee.worker.data.format;

import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.rows.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** CSV: quoted fields, spaces around fields ignored, empty lines passed over. */
public record CsvFile(TableFormat.Csv format, Input input) implements TableFile {

  private static final String SEPARATORS = ",;\t|";

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
    try (CsvReader lines = new CsvReader(this, RowStart.FIRST)) {
      if (!lines.advance()) {
        throw new DataException(name() + " has no rows");
      }
      if (lines.width() > CsvReader.MOST_COLUMNS) {
        throw new DataException(
            "%s, %s: expected at most %d columns; found %d; is the separator right?",
            name(), lines.row(), CsvReader.MOST_COLUMNS, lines.width());
      }
      return IntStream.range(0, lines.width()).mapToObj(lines::cell).toList();
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
    CsvReader lines = new CsvReader(this, from);
    if (format.header() && from.at() == 0) {
      lines.advance();
    }
    return lines;
  }
}
