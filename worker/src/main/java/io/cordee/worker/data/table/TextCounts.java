package io.cordee.worker.data.table;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the rows of each distinct text of a column, up to a limit on the texts. */
final class TextCounts {

  private final int most;
  private final Map<String, Long> rows = new LinkedHashMap<>();

  /**
   * @param most texts; of more, the first ones and one more are kept
   */
  TextCounts(int most) {
    this.most = most;
  }

  void add(String text) {
    add(text, 1L);
  }

  private void add(String text, long more) {
    if (areTooMany()) {
      rows.computeIfPresent(text, (same, count) -> count + more);
    } else {
      rows.merge(text, more, Long::sum);
    }
  }

  void plus(TextCounts others) {
    others.rows.forEach(this::add);
  }

  boolean areTooMany() {
    return rows.size() > most;
  }

  /** Returns texts in order of appearance, each with its rows. */
  Map<String, Long> rows() {
    return rows;
  }
}
