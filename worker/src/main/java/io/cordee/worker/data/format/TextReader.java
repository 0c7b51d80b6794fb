package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Targets;
import java.util.List;

/** Reads a file row by row, each value as a text. */
public interface TextReader extends RowReader {

  /**
   * @param targets receives the row's targets as those of row {@code row}
   */
  void read(Cells cells, Targets targets, int row);

  /** Empty if the row has none. */
  String label();

  /**
   * Returns a cell of the row, of any column of its file.
   *
   * @throws io.cordee.worker.data.rows.DataException if there is no such column
   */
  default String cell(String column) {
    throw new DataException(
        "expected a table that has the column '%s'; found rows without columns", column);
  }

  default List<String> ignored() {
    return List.of();
  }
}
