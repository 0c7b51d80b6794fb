package io.cordee.worker.process;

import io.cordee.common.job.Job;
import io.cordee.common.job.data.IdColumn;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows that function processes hold: the worker knows their numbers, their checksums and, for
 * embedding tables, their ids.
 *
 * @param first the first row's number
 */
record ChildRows(FunctionProcesses processes, Job job, long count, long first)
    implements ExternalRows {

  /** How many rows' ids one answer has. */
  private static final int BLOCK = 4096;

  /** Returns how many features a row has; only its function process knows them. */
  @Override
  public int features() {
    return job.model().inputs() - job.model().fromTables();
  }

  @Override
  public boolean hasIds() {
    return true;
  }

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public long checksum(long from, int rows) {
    return processes.ask(Message.CHECKSUM, "", first + from, rows).next();
  }

  @Override
  public void read(long from, int rows, Sink into) {
    Map<String, IdColumn> columns = job.data().preprocessing().ids();
    for (int done = 0; done < rows; done += BLOCK) {
      int block = Math.min(BLOCK, rows - done);
      List<List<String>> cells = new ArrayList<>();
      for (Map.Entry<String, IdColumn> column : columns.entrySet()) {
        cells.add(cells(column.getKey(), column.getValue(), from + done, block));
      }
      for (int row = 0; row < block; row++) {
        put(columns, cells, row, into);
        into.endRow();
      }
    }
  }

  private void put(Map<String, IdColumn> columns, List<List<String>> cells, int row, Sink into) {
    int feature = features();
    int number = 0;
    for (Map.Entry<String, IdColumn> column : columns.entrySet()) {
      IdColumn how = column.getValue();
      int before = feature;
      how.factors(cells.get(number++).get(row), id -> rowOf(id, column.getKey(), how))
          .forEach((of, factor) -> into.feature(before + of, factor));
      feature += how.rows();
    }
  }

  private List<String> cells(String column, IdColumn how, long from, int rows) {
    String text = column + "\t" + how.separator();
    String answer = processes.ask(Message.IDS, text, first + from, rows).text();
    List<String> cells = List.of(answer.split("\n", -1));
    if (cells.size() != rows + 1) {
      throw new DataException(
          "ids of %s: expected a line for each of %d rows; found %d",
          column, rows, cells.size() - 1);
    }
    return cells;
  }

  /** Returns the row of the table that an id names. */
  private static int rowOf(String id, String column, IdColumn how) {
    if (how.isHashed()) {
      return how.hashed(id);
    }
    try {
      int row = Integer.parseInt(id);
      if (row >= 0 && row < how.rows()) {
        return row;
      }
    } catch (NumberFormatException e) {
      // It is no number of a row.
    }
    throw new DataException(
        "ids of %s: expected numbers of rows from 0 to %d; found %s", column, how.rows() - 1, id);
  }
}
