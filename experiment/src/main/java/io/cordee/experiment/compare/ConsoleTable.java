package io.cordee.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A table in fixed-width letters, short enough for a screen, described column by column.
 *
 * @param <T> what a row is of
 */
final class ConsoleTable<T> {

  /** Rows that are shown; more are counted. */
  static final int MOST = 20;

  private record Column<T>(String title, boolean isWord, Function<T, String> text) {}

  private final List<Column<T>> columns = new ArrayList<>();

  void words(String title, Function<T, String> text) {
    columns.add(new Column<>(title, true, text));
  }

  /** A right-aligned column. */
  void numbers(String title, Function<T, String> text) {
    columns.add(new Column<>(title, false, text));
  }

  /** Header and rows, aligned; of too many the first, and how many follow. */
  List<String> lines(List<T> rows) {
    List<T> shown = rows.subList(0, Math.min(rows.size(), MOST));
    List<StringBuilder> lines = new ArrayList<>();
    for (int i = 0; i <= shown.size(); i++) {
      lines.add(new StringBuilder());
    }
    for (Column<T> column : columns) {
      List<String> texts = new ArrayList<>(List.of(column.title()));
      shown.forEach(row -> texts.add(column.text().apply(row)));
      int width = texts.stream().mapToInt(String::length).max().orElseThrow();
      for (int i = 0; i < texts.size(); i++) {
        String space = " ".repeat(width - texts.get(i).length());
        StringBuilder line = lines.get(i);
        line.append(line.isEmpty() ? "" : "  ");
        line.append(column.isWord() ? texts.get(i) + space : space + texts.get(i));
      }
    }
    List<String> text = new ArrayList<>();
    lines.forEach(line -> text.add(line.toString().stripTrailing()));
    if (rows.size() > shown.size()) {
      text.add("and " + (rows.size() - shown.size()) + " more in the report");
    }
    return text;
  }
}
