package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.Cell;

/** Takes the cells of a row's features. */
@FunctionalInterface
public interface Cells {

  /**
   * @param column of the features, from 0
   * @param cell valid during the call
   */
  void put(int column, Cell cell);
}
