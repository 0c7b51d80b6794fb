package io.cordee.experiment.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;

/**
 * A table, described column by column, to be written as HTML, as CSV or for a console.
 *
 * @param <T> what a row is of
 */
public final class Table<T> {

  /** Rows that a console shows; more are counted. */
  public static final int MOST = 20;

  private record Column<T>(
      String title, boolean isOfNumbers, Function<T, String> text, Function<T, String> html) {}

  private final List<Column<T>> columns = new ArrayList<>();

  /** A column of words that say what each row is of. */
  public Table<T> names(String title, Function<T, String> text) {
    return words(title, text, "<th scope=\"row\">", "</th>");
  }

  public Table<T> words(String title, Function<T, String> text) {
    return words(title, text, "<td>", "</td>");
  }

  Table<T> code(String title, Function<T, String> text) {
    return words(title, text, "<td><code>", "</code></td>");
  }

  private Table<T> words(String title, Function<T, String> text, String before, String behind) {
    columns.add(
        new Column<>(title, false, text, row -> before + Html.text(text.apply(row)) + behind));
    return this;
  }

  public Table<T> numbers(String title, Function<T, String> text) {
    return cells(title, text.andThen(TableCell::of));
  }

  /** Numbers that do not all look alike. */
  Table<T> cells(String title, Function<T, TableCell> cell) {
    columns.add(
        new Column<>(title, true, cell.andThen(TableCell::text), cell.andThen(TableCell::html)));
    return this;
  }

  String html(String caption, List<T> rows) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table><caption>");
    html.append(Html.text(caption)).append("</caption><thead><tr>");
    for (Column<T> column : columns) {
      html.append(column.isOfNumbers() ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
      html.append(Html.text(column.title())).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (T row : rows) {
      html.append("<tr>");
      columns.forEach(column -> html.append(column.html().apply(row)));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  public String csv(List<T> rows) throws IOException {
    StringBuilder text = new StringBuilder();
    CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
    format.printRecord(text, columns.stream().map(Column::title).toArray());
    for (T row : rows) {
      format.printRecord(text, columns.stream().map(each -> each.text().apply(row)).toArray());
    }
    return text.toString();
  }

  /** Header and rows in fixed-width letters; of too many the first, and how many follow. */
  public List<String> lines(List<T> rows) {
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
        line.append(column.isOfNumbers() ? space + texts.get(i) : texts.get(i) + space);
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
