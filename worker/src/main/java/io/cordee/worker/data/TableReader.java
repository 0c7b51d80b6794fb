package io.cordee.worker.data;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalDouble;

/** Reads a table row by row; each cell is a text in every format. */
abstract class TableReader implements TextReader {

  private final String name;
  private final TableColumns columns;
  private final List<String> named;
  private final String aboveLimit;

  private final String upToLimit;
  private int column;

  /**
   * @param name of the file
   * @param named the label or targets, as the job calls them
   */
  TableReader(String name, TableColumns columns, List<String> named) {
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

  final String name() {
    return name;
  }

  final int width() {
    return columns.width();
  }

  /** Empty if the row has no value in the column. */
  abstract String cell(int column);

  /** The row, as messages call it. */
  abstract String row();

  @Override
  public void read(Cells cells, Targets targets, int row) {
    for (int i = 0; i < columns.features().size(); i++) {
      column = columns.features().get(i);
      cells.put(i, Dates.text(column, cell(Dates.ofFile(column))), this);
    }
    for (int i = 0; i < columns.targets().size(); i++) {
      column = columns.targets().get(i);
      targets.put(row, i, target(column), this);
    }
    cells.endRow();
  }

  @Override
  public String label() {
    if (columns.targets().isEmpty()) {
      return "";
    }
    column = columns.targets().get(0);
    String label = target(column);
    if (columns.above().isPresent() && !label.isEmpty() && label.equals(cell(column))) {
      throw error("expected a number, since label.above compares it", "'" + label + "'", "");
    }
    return label;
  }

  /** The cell or, if the job compares its number, its class of the two. */
  private String target(int column) {
    String text = cell(column);
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
    return columns.ignored().stream().map(this::cell).toList();
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    String place = name + ", " + row() + ", ";
    return DataException.of(
        place + columns.describe(column) + ": " + expected,
        place + columns.describe(column, named) + ": " + expected,
        found,
        hint);
  }
}
