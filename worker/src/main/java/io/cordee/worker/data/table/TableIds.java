package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.RowPlace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ids of one column in the training rows; equal numbers are one, unless cells are split. */
final class TableIds {

  /** More are for hashing. */
  static final int MOST = 1 << 20;

  private final IdColumn how;
  private final Map<String, Integer> counts = new HashMap<>();

  TableIds(IdColumn how) {
    this.how = how;
  }

  static List<String> of(IdColumn how, String cell) {
    return how.separator().isEmpty() ? List.of(Decimals.plain(cell)) : how.ids(cell);
  }

  void put(String cell, RowPlace place) {
    if (how.isHashed()) {
      return;
    }
    List<String> all = of(how, cell);
    (all.size() == 1 ? all : Set.copyOf(all)).forEach(id -> counts.merge(id, 1, Integer::sum));
    if (counts.size() > MOST) {
      throw place.error(
          "expected at most " + MOST + " different ids",
          "one more",
          " (hash, under data.ids, does without a dictionary)");
    }
  }

  /** Those that have a row of their own, sorted. */
  List<String> known() {
    return counts.entrySet().stream()
        .filter(id -> id.getValue() >= how.minCount())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  int rows() {
    return how.isHashed() ? how.rows() : 1 + known().size();
  }

  /**
   * @param table its number
   */
  TableEncoding.Ids encoding(int table) {
    return new TableEncoding.Ids(table, how, known());
  }
}
