package io.cordee.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A table in HTML, described column by column.
 *
 * @param <T> what a row is of
 */
final class HtmlTable<T> {

  private final StringBuilder head = new StringBuilder();
  private final List<Function<T, String>> cells = new ArrayList<>();

  /** A column of words that say what each row is of. */
  HtmlTable<T> names(String title, Function<T, String> text) {
    return column(
        "<th scope=\"col\">",
        title,
        row -> "<th scope=\"row\">" + Html.text(text.apply(row)) + "</th>");
  }

  HtmlTable<T> words(String title, Function<T, String> text) {
    return column(
        "<th scope=\"col\">", title, row -> "<td>" + Html.text(text.apply(row)) + "</td>");
  }

  HtmlTable<T> code(String title, Function<T, String> text) {
    return column(
        "<th scope=\"col\">",
        title,
        row -> "<td><code>" + Html.text(text.apply(row)) + "</code></td>");
  }

  /** A column of numbers; {@code cell} is HTML, as from {@link Html#number}. */
  HtmlTable<T> numbers(String title, Function<T, String> cell) {
    return column("<th scope=\"col\" class=\"n\">", title, cell);
  }

  private HtmlTable<T> column(String tag, String title, Function<T, String> cell) {
    head.append(tag).append(Html.text(title)).append("</th>");
    cells.add(cell);
    return this;
  }

  String html(String caption, List<T> rows) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table><caption>");
    html.append(Html.text(caption)).append("</caption><thead><tr>").append(head);
    html.append("</tr></thead><tbody>\n");
    for (T row : rows) {
      html.append("<tr>");
      cells.forEach(cell -> html.append(cell.apply(row)));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }
}
