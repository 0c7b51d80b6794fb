package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.CsvFile;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.format.ParquetFile;
import io.cordee.worker.data.format.RowReader;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Survey of a table that no job describes, its format included. */
public record TableSurvey(TableFormat format, long rows, List<ColumnSurvey> columns) {

  /** Limit on the distinct texts kept of a column. */
  public static final int MOST_TEXTS = 1000;

  /**
   * Returns the format of a file.
   *
   * @param otherwise if it is no Parquet file
   */
  public static TableFormat formatOf(Path file, TableFormat.Csv otherwise) {
    return ParquetFile.isOne(file) ? new TableFormat.Parquet() : otherwise;
  }

  /**
   * Reads a file once.
   *
   * @param separator of the columns of CSV; empty for the one that gives the most columns in the
   *     first line
   * @throws DataException if it cannot be read, or has no rows or only one column
   */
  public static TableSurvey of(Path file, Optional<Character> separator) {
    if (ParquetFile.isOne(file)) {
      if (separator.isPresent()) {
        throw new DataException(
            "%s is a Parquet file, which has no --separator; leave it out", file);
      }
      TableFile.refuseOthers(Input.file(file));
      return counted(new TableFormat.Parquet(), ParquetFile.of(file));
    }
    Input input = Input.file(file);
    TableFile.refuseOthers(input);
    char by = separator.orElseGet(() -> CsvFile.separator(input));
    CsvFile nameless = new CsvFile(new TableFormat.Csv(false, by), input);
    if (nameless.first().size() < 2) {
      throw new DataException(
          "%s: expected several columns; found one: give their --separator", file);
    }
    TableFormat.Csv format = new TableFormat.Csv(isHeader(nameless), by);
    return counted(format, new CsvFile(format, input));
  }

  private static TableSurvey counted(TableFormat format, TableFile file) {
    List<String> first = file.first();
    List<String> names = format.hasNames() ? first : List.of();
    List<Integer> filled = IntStream.range(0, first.size()).filter(file::hasCells).boxed().toList();
    List<ColumnSurvey> columns =
        IntStream.range(0, first.size())
            .mapToObj(
                i -> new ColumnSurvey(isName(names, i) ? names.get(i) : "" + i, filled.contains(i)))
            .toList();
    long rows =
        RowReader.<CellReader>scan(
            file.name(),
            file::open,
            (row, reader) -> {
              reader.requireWidth(file.name(), first.size());
              filled.forEach(column -> columns.get(column).add(reader, column));
            });
    return new TableSurvey(format, rows, columns);
  }

  /** A header has no numbers, or texts where the next line has numbers. */
  private static boolean isHeader(CsvFile file) {
    List<String> first = file.first();
    List<Boolean> numbers = first.stream().map(text -> Decimals.parse(text).isPresent()).toList();
    if (!numbers.contains(true)) {
      return true;
    }
    try (CellReader reader = file.open(RowStart.FIRST)) {
      boolean hasFirst = reader.advance();
      if (!hasFirst || !reader.advance()) {
        return false;
      }
      return IntStream.range(0, first.size())
          .anyMatch(i -> !numbers.get(i) && Decimals.parse(reader.cell(i)).isPresent());
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }

  private static boolean isName(List<String> names, int i) {
    String name = names.isEmpty() ? "" : names.get(i);
    return !name.isBlank()
        && name.chars().noneMatch(Character::isISOControl)
        && names.indexOf(name) == names.lastIndexOf(name);
  }

  public OptionalInt find(String column) {
    List<Integer> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        named.add(i);
      }
    }
    if (named.size() == 1) {
      return OptionalInt.of(named.get(0));
    }
    boolean isIndex = column.matches("\\d{1,9}") && Integer.parseInt(column) < columns.size();
    return isIndex ? OptionalInt.of(Integer.parseInt(column)) : OptionalInt.empty();
  }
}
