package io.cordee.worker.data.table;

import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads the columns of a table that are in use. */
final class TableReader implements TextReader, Cell {

  private static final String TEXT_HINT =
      " (list a column of texts in data.preprocess.categories, one to leave out in ignore, and texts"
          + " that stand for a missing value in na_values)";

  private final CellReader cells;
  private final TableColumns columns;
  private final List<Integer> ignored;
  private final int[] features;
  private final int[] targets;
  private final Optional<Double> above;
  private final String aboveLimit;
  private final String upToLimit;
  private int column;
  private boolean isCompared;

  TableReader(TableColumns columns, RowStart from) throws IOException {
    this.columns = columns;
    ignored = columns.ignored();
    features = columns.features().stream().mapToInt(i -> i).toArray();
    targets = columns.targets().stream().mapToInt(i -> i).toArray();
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
  public void read(Cells into, Targets to, int row) {
    cells.requireWidth(columns.header().file().name(), columns.header().width());
    isCompared = false;
    for (int i = 0; i < features.length; i++) {
      column = features[i];
      into.put(i, this);
    }
    isCompared = above.isPresent();
    for (int i = 0; i < targets.length; i++) {
      column = targets[i];
      to.put(row, i, this);
    }
  }

  @Override
  public String text() {
    return isCompared ? target(column) : Dates.text(column, cells.cell(Dates.ofFile(column)));
  }

  @Override
  public double number() {
    return isCompared || column != Dates.ofFile(column)
        ? Decimals.parse(text()).orElse(Double.NaN)
        : cells.number(column);
  }

  @Override
  public boolean isMissing() {
    return Double.isNaN(number())
        && (MISSING.contains(text()) || columns.spec().naValues().contains(text()));
  }

  @Override
  public String remedy() {
    if (columns.areOfTrained()
        || !Double.isNaN(number())
        || Arrays.stream(targets).anyMatch(target -> target == column)) {
      return "";
    }
    return isMissing() ? TableStatistics.HINT : TEXT_HINT;
  }

  @Override
  public String label() {
    if (targets.length == 0) {
      return "";
    }
    column = targets[0];
    String label = target(column);
    if (above.isPresent() && !label.isEmpty() && label.equals(cells.cell(column))) {
      throw error("expected a number, since label.above compares it", "'" + label + "'", "");
    }
    return label;
  }

  /** The cell or, if the job compares its number, its class of the two. */
  private String target(int column) {
    double number = above.isEmpty() ? Double.NaN : cells.number(column);
    if (!Double.isNaN(number)) {
      return number > above.get() ? aboveLimit : upToLimit;
    }
    String text = cells.cell(column);
    return above.isPresent() && MISSING.contains(text) ? "" : text;
  }

  @Override
  public String cell(String name) {
    int wanted = columns.header().indices(List.of(name), "id").get(0);
    return Dates.text(wanted, cells.cell(Dates.ofFile(wanted)));
  }

  @Override
  public List<String> ignored() {
    return ignored.stream().map(cells::cell).toList();
  }

  @Override
  public DataException error(String expected, String found, String hint) {
    TableHeader header = columns.header();
    String place = header.file().name() + ", " + cells.row() + ", ";
    int ofFile = Dates.ofFile(column);
    boolean isNoDate = column != ofFile && Dates.parse(cells.cell(ofFile)).isEmpty();
    int named = isNoDate ? ofFile : column;
    String wanted = isNoDate ? "expected a date, such as 2025-12-31 or 2025-12-31 23:59" : expected;
    return DataException.of(
        place + header.describe(named) + ": " + wanted,
        place + header.describe(named, columns.spec().wanted()) + ": " + wanted,
        found,
        hint + cells.hint());
  }

  @Override
  public void close() throws IOException {
    cells.close();
  }
}
