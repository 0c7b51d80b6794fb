package io.cordee.worker.data.table;

import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalDouble;

/** Reads the columns of a table that are in use. */
public final class TableReader implements TextReader {

  private final CellReader cells;
  private final String name;
  private final TableColumns columns;
  private final List<String> named;
  private final String aboveLimit;

  private final String upToLimit;
  private int column;

  /**
   * @param name of the file that the cells are from
   * @param named the label or targets, as the job calls them
   */
  TableReader(CellReader cells, String name, TableColumns columns, List<String> named) {
    this.cells = cells;
    this.name = name;
    this.columns = columns;
    this.named = named;
    String label = named.isEmpty() ? "" : named.get(0);
    String limit =
        columns
            .above()
            .map(above -> BigDecimal.valueOf(above).stripTrailingZeros().toPlainString())
            .orElse("");
    this.aboveLimit = label + " > " + limit;
    this.upToLimit = label + " <= " + limit;
  }

  @Override
  public boolean advance() throws IOException {
    return cells.advance();
  }

  @Override
  public void read(Cells into, Targets targets, int row) {
    if (cells.width() != columns.width()) {
      throw new DataException(
          "%s, %s: expected %d columns, as in the first line; found %d",
          name, cells.row(), columns.width(), cells.width());
    }
    for (int i = 0; i < columns.features().size(); i++) {
      column = columns.features().get(i);
      into.put(i, Dates.text(column, cells.cell(Dates.ofFile(column))), this);
    }
    for (int i = 0; i < columns.targets().size(); i++) {
      column = columns.targets().get(i);
      targets.put(row, i, target(column), this);
    }
    into.endRow();
  }

  @Override
  public String label() {
    if (columns.targets().isEmpty()) {
      return "";
    }
    column = columns.targets().get(0);
    String label = target(column);
    if (columns.above().isPresent() && !label.isEmpty() && label.equals(cells.cell(column))) {
      throw error("expected a number, since label.above compares it", "'" + label + "'", "");
    }
    return label;
  }

  /** The cell or, if the job compares its number, its class of the two. */
  private String target(int column) {
    String text = cells.cell(column);
    if (columns.above().isEmpty()) {
      return text;
    }
    OptionalDouble number = Decimals.parse(text);
    return number.isEmpty()
        ? Cells.MISSING.contains(text) ? "" : text
        : number.getAsDouble() > columns.above().get() ? aboveLimit : upToLimit;
  }

  @Override
  public List<String> ignored() {
    return columns.ignored().stream().map(cells::cell).toList();
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    String place = name + ", " + cells.row() + ", ";
    return DataException.of(
        place + columns.describe(column) + ": " + expected,
        place + columns.describe(column, named) + ": " + expected,
        found,
        hint + cells.hint());
  }

  @Override
  public void close() throws IOException {
    cells.close();
  }
}
