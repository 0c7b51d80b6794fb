package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;

/** Reads a table row by row; each cell is a text in every format. */
public interface CellReader extends RowReader {

  /** The number of cells in the row. */
  int width();

  /** Checks that the row has as many cells as the first line of this file. */
  default void requireWidth(String file, int width) {
    if (width() != width) {
      throw new DataException(
          "%s, %s: expected %d columns, as in the first line; found %d",
          file, row(), width, width());
    }
  }

  /** Empty if the row has no value in the column. */
  String cell(int column);

  /** As of {@link Decimals#parse}; NaN if it is no number. */
  default double number(int column) {
    return Decimals.parse(cell(column)).orElse(Double.NaN);
  }

  /** The row, as messages call it. */
  String row();

  /** At a likely cause of whatever is wrong with the row; may be empty. */
  default String hint() {
    return "";
  }
}
