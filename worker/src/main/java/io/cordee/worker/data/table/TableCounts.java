package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Targets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the columns of a table become.
 *
 * @param rows of the tables of ids, by what the job calls their columns
 */
public record TableCounts(int inputs, Map<String, Integer> rows) {

  /** Of the texts of all rows, and the ids of some. */
  static TableCounts of(TextFile file, Preprocessing wanted, TextSource all, TextSource train) {
    List<TableStatistics.Plan> plans = file.plans(wanted);
    TableTexts texts = new TableTexts(plans);
    Targets unread = new Targets.None(file.model().outputs());
    if (texts.areWanted()) {
      all.forEachRow(reader -> reader.read(texts, unread, 0));
    }
    if (!wanted.ids().isEmpty()) {
      Cells ids =
          (column, text, place) -> {
            if (plans.get(column).ids().isPresent()) {
              texts.putIds(column, text, place);
            }
          };
      train.forEachRow(reader -> reader.read(ids, unread, 0));
    }
    List<List<String>> sorted = texts.sorted();
    int inputs = 0;
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      int column = i;
      inputs += plans.get(i).inputs(sorted.get(i).size(), wanted.unknown());
      plans.get(i).ids().ifPresent(ids -> rows.put(ids.key(), texts.ids(column).rows()));
    }
    return new TableCounts(inputs, rows);
  }
}
