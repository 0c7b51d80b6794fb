package io.cordee.worker.data.table;

import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads the columns of a table that are in use. */
final class TableReader implements TextReader {

  private final CellReader cells;
  private final TableColumns columns;
  private final List<Integer> ignored;
  private final Optional<Double> above;
  private final String aboveLimit;
  private final String upToLimit;
  private int column;

  TableReader(TableColumns columns, RowStart from) throws IOException {
    this.columns = columns;
    ignored = columns.ignored();
    above = columns.spec().above();
    String label = columns.spec().wanted().get(0);
    String limit =
        above.map(it -> BigDecimal.valueOf(it).stripTrailingZeros().toPlainString()).orElse("");
    aboveLimit = label + " > " + limit;
    upToLimit = label + " <= " + limit;
    cells = columns.header().file().open(from);
  }

  @Override
  public boolean advance() throws IOException {
    return cells.advance();
  }

  @Override
  public RowStart start() {
    return cells.start();
  }

  @Override
  public void read(Cells into, Targets targets, int row) {
    int width = columns.header().width();
    if (cells.width() != width) {
      throw new DataException(
          "%s, %s: expected %d columns, as in the first line; found %d",
          columns.header().file().name(), cells.row(), width, cells.width());
    }
    for (int i = 0; i < columns.features().size(); i++) {
      column = columns.features().get(i);
      into.put(i, Dates.text(column, cells.cell(Dates.ofFile(column))), this);
    }
    for (int i = 0; i < columns.targets().size(); i++) {
      column = columns.targets().get(i);
      targets.put(row, i, target(column), this);
    }
  }

  @Override
  public String label() {
    if (columns.targets().isEmpty()) {
      return "";
    }
    column = columns.targets().get(0);
    String label = target(column);
    if (above.isPresent() && !label.isEmpty() && label.equals(cells.cell(column))) {
      throw error("expected a number, since label.above compares it", "'" + label + "'", "");
    }
    return label;
  }

  /** The cell or, if the job compares its number, its class of the two. */
  private String target(int column) {
    String text = cells.cell(column);
    if (above.isEmpty()) {
      return text;
    }
    OptionalDouble number = Decimals.parse(text);
    return number.isEmpty()
        ? Cells.MISSING.contains(text) ? "" : text
        : number.getAsDouble() > above.get() ? aboveLimit : upToLimit;
  }

  @Override
  public List<String> ignored() {
    return ignored.stream().map(cells::cell).toList();
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    TableHeader header = columns.header();
    String place = header.file().name() + ", " + cells.row() + ", ";
    return DataException.of(
        place + header.describe(column) + ": " + expected,
        place + header.describe(column, columns.spec().wanted()) + ": " + expected,
        found,
        hint + cells.hint());
  }

  @Override
  public void close() throws IOException {
    cells.close();
  }
}
