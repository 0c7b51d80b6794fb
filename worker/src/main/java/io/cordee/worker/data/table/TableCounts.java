package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the columns of a table become.
 *
 * @param rows of the tables of ids, by what the job calls their columns
 */
public record TableCounts(int inputs, Map<String, Integer> rows) {

  static TableCounts of(
      List<TableStatistics.Plan> plans, TableTexts texts, Preprocessing.Unknown unknown) {
    List<List<String>> sorted = texts.sorted();
    int inputs = 0;
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      int column = i;
      inputs += plans.get(i).inputs(sorted.get(i).size(), unknown);
      plans.get(i).ids().ifPresent(ids -> rows.put(ids.key(), texts.ids(column).rows()));
    }
    return new TableCounts(inputs, rows);
  }
}
