package io.cordee.experiment.compare;

import java.util.ArrayList;
import java.util.List;

/** A table in letters of one width, short enough to be seen at once. */
final class ConsoleTable {

  /** Rows that are shown; more are counted. */
  static final int MOST = 20;

  private final List<List<String>> rows = new ArrayList<>();
  private final int words;

  /**
   * @param words how many columns, from the first, are words; numbers are set to the right
   */
  ConsoleTable(List<String> header, int words) {
    rows.add(List.copyOf(header));
    this.words = words;
  }

  void add(List<String> row) {
    rows.add(List.copyOf(row));
  }

  /** Header and rows, aligned; of too many the first, and how many follow. */
  List<String> lines() {
    List<List<String>> shown = rows.subList(0, Math.min(rows.size(), MOST + 1));
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : shown) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : shown) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String space = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ");
        line.append(i < words ? row.get(i) + space : space + row.get(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    int more = rows.size() - shown.size();
    if (more > 0) {
      lines.add("and " + more + " more in the report");
    }
    return lines;
  }
}
