package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ids of one column in the training rows; equal numbers are one, unless cells are split. */
final class TableIds {

  /** More are for hashing. */
  static final int MOST = 1 << 20;

  private final String column;
  private final IdColumn how;
  private final Map<String, int[]> counts = new HashMap<>();

  TableIds(String column, IdColumn how) {
    this.column = column;
    this.how = how;
  }

  void put(String cell) {
    if (how.isHashed() || counts.size() > MOST) {
      return;
    }
    if (how.separator().isEmpty()) {
      counts.computeIfAbsent(Decimals.plain(cell), id -> new int[1])[0]++;
    } else {
      Set.copyOf(how.ids(cell)).forEach(id -> counts.computeIfAbsent(id, none -> new int[1])[0]++);
    }
  }

  void plus(TableIds others) {
    if (counts.size() <= MOST) {
      others.counts.forEach(
          (id, count) -> counts.computeIfAbsent(id, none -> new int[1])[0] += count[0]);
    }
  }

  static void requireFew(String what, String column, int found, int most, String hint) {
    if (found > most) {
      throw new DataException(
          "expected at most %d different %s in column '%s'; found more%s",
          most, what, column, hint);
    }
  }

  /**
   * Those that have a row of their own, sorted.
   *
   * @throws DataException if there are too many
   */
  List<String> known() {
    String hint = " (hash, under data.ids, does without a dictionary)";
    requireFew("ids", column, counts.size(), MOST, hint);
    return counts.entrySet().stream()
        .filter(id -> id.getValue()[0] >= how.minCount())
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
