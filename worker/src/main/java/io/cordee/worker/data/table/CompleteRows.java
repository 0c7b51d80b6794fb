package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.RowPlace;
import java.util.BitSet;
import java.util.List;

/** The rows of a table that are not dropped for a missing value. */
final class CompleteRows implements Cells {

  private final List<TableStatistics.Plan> plans;
  private final BitSet rows;
  private int row;

  CompleteRows(List<TableStatistics.Plan> plans, int rows) {
    this.plans = plans;
    this.rows = new BitSet(rows);
    this.rows.set(0, rows);
  }

  @Override
  public void put(int column, String text, RowPlace place) {
    if (plans.get(column).to().onMissing() == Missing.DROP && MISSING.contains(text)) {
      rows.clear(row);
    }
  }

  @Override
  public void endRow() {
    row++;
  }

  /** For another reason than a cell. */
  void dropLast() {
    rows.clear(row - 1);
  }

  BitSet rows() {
    return rows;
  }
}
