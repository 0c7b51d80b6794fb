package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.rows.Decimals;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The ids of one column in the training rows, as {@link Decimals#plain} unless cells are split. */
final class TableIds {

  /** More are for hashing. */
  static final int MOST = 1 << 20;

  private final IdColumn how;
  private final Map<String, int[]> counts = new HashMap<>();

  TableIds(IdColumn how) {
    this.how = how;
  }

  void put(String cell) {
    if (how.isHashed()) {
      return;
    }
    if (how.separator().isEmpty()) {
      counts.computeIfAbsent(Decimals.plain(cell), id -> new int[1])[0]++;
    } else {
      Set<String> different = new HashSet<>();
      how.forEachId(cell, different::add);
      different.forEach(id -> counts.computeIfAbsent(id, none -> new int[1])[0]++);
    }
  }

  void plus(TableIds others) {
    others.counts.forEach(
        (id, count) -> counts.computeIfAbsent(id, none -> new int[1])[0] += count[0]);
  }

  boolean areTooMany() {
    return counts.size() > MOST;
  }

  /** Those that have a row of their own. */
  private Stream<String> known() {
    return counts.entrySet().stream()
        .filter(id -> id.getValue()[0] >= how.minCount())
        .map(Map.Entry::getKey);
  }

  int rows() {
    return how.isHashed() ? how.rows() : 1 + (int) known().count();
  }

  /**
   * @param table its number
   */
  TableEncoding.Ids encoding(int table) {
    return new TableEncoding.Ids(table, how, known().sorted().toList());
  }
}
