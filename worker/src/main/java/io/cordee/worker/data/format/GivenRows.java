package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table in memory.
 *
 * @param names of the columns; empty if they have none
 * @param rows at least one; each has as many cells as the first, an empty one where it has no value
 */
public record GivenRows(String name, List<String> names, List<List<String>> rows)
    implements TableFile {

  /** Reads the rows of a CSV file, {@code most} of them at most. */
  public static GivenRows of(CsvFile file, int most) {
    List<String> first = file.first();
    List<List<String>> rows = new ArrayList<>();
    try (CellReader cells = file.open(RowStart.FIRST)) {
      while (rows.size() < most && cells.advance()) {
        cells.requireWidth(file.name(), first.size());
        rows.add(IntStream.range(0, first.size()).mapToObj(cells::cell).toList());
      }
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
    return new GivenRows(file.name(), file.format().header() ? first : List.of(), rows);
  }

  @Override
  public List<String> first() {
    return names.isEmpty() ? rows.get(0) : names;
  }

  @Override
  public boolean hasCells(int column) {
    return true;
  }

  @Override
  public CellReader open(RowStart from) {
    return new Reader((int) from.rows());
  }

  private final class Reader implements CellReader {

    private int next;

    Reader(int next) {
      this.next = next;
    }

    @Override
    public boolean advance() {
      return next++ < rows.size();
    }

    @Override
    public RowStart start() {
      return new RowStart(0, 0, 0, next - 1);
    }

    @Override
    public int width() {
      return rows.get(next - 1).size();
    }

    @Override
    public String cell(int column) {
      return rows.get(next - 1).get(column);
    }

    @Override
    public String row() {
      return "row " + (next - 1) + " (from 0)";
    }

    @Override
    public void close() {}
  }
}
