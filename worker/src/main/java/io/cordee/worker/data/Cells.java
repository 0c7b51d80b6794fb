package io.cordee.worker.data;

import java.util.Set;

/** Takes the cells of a table's features, row by row. */
interface Cells {

  /** Texts that stand for no value. */
  Set<String> MISSING = Set.of("", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null");

  /**
   * A cell of the row.
   *
   * @param column of the features, from 0
   * @param place where it stands
   */
  void put(int column, String text, Place place);

  /** The row is complete. */
  void endRow();
}
