package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.RowPlace;
import java.util.Set;

/** Takes the cells of a row's features. */
@FunctionalInterface
public interface Cells {

  /** Texts that stand for a missing value. */
  Set<String> MISSING = Set.of("", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null");

  /**
   * @param column of the features, from 0
   * @param place of the cell
   */
  void put(int column, String text, RowPlace place);
}
