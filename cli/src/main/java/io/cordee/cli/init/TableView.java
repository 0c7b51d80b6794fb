package io.cordee.cli.init;

import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.table.ColumnSurvey;
import io.cordee.worker.data.table.TableSurvey;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the columns of a table hold, a line for each, for a terminal. */
public final class TableView {

  private static final int LONGEST = 24;
  private static final String LINE = "%-" + LONGEST + "s %-7s %8s %9s  %s";

  /** From low to high; blocks, where the terminal has them. */
  private static final String STEPS =
      System.getProperty("stdout.encoding", Charset.defaultCharset().name()).startsWith("UTF")
          ? " ▁▂▃▄▅▆▇█"
          : " .:-=+*#@";

  private TableView() {}

  public static void print(TableSurvey table, PrintWriter out) {
    out.println(LINE.formatted("column", "holds", "distinct", "missing", "values"));
    for (ColumnSurvey column : table.columns()) {
      int distinct = column.texts().size();
      out.println(
          LINE.formatted(
              name(column.name()),
              holds(column, table.rows()),
              distinct > TableSurvey.MOST_TEXTS ? ">" + TableSurvey.MOST_TEXTS : distinct,
              column.missing() == 0 ? "" : "%,d".formatted(column.missing()),
              values(column, table.rows())));
    }
  }

  private static String holds(ColumnSurvey column, long rows) {
    String other = column.isMostlyNumeric(rows) ? "mixed" : column.hasCells() ? "texts" : "lists";
    return column.isNumeric(rows) ? "numbers" : column.isDate(rows) ? "dates" : other;
  }

  private static String values(ColumnSurvey column, long rows) {
    if (column.isNumeric(rows)) {
      return "%9s %s %s"
          .formatted(number(column.smallest()), histogram(column), number(column.largest()));
    }
    return column.texts().size() <= TableSurvey.MOST_TEXTS / 10
        ? shares(column.texts(), 4)
        : "such as "
            + Stream.concat(column.odd().stream(), column.texts().keySet().stream())
                .map(TableView::name)
                .findFirst()
                .orElse("");
  }

  /** The most frequent texts, each with its share of the rows that have any. */
  public static String shares(Map<String, Long> counts, int most) {
    double all = counts.values().stream().mapToLong(Long::longValue).sum();
    return counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(most)
            .map(
                it ->
                    String.format(
                        Locale.ROOT, "%s %.1f %%", name(it.getKey()), 100 * it.getValue() / all))
            .collect(Collectors.joining(", "))
        + (counts.size() > most ? ", ..." : "");
  }

  /** How many numbers lie in each of a few ranges of equal width, as a line of steps. */
  private static String histogram(ColumnSurvey column) {
    double width = column.largest() - column.smallest();
    int[] bins = new int[12];
    for (double number : column.sample()) {
      double share = width > 0 ? (number - column.smallest()) / width : 0.5;
      bins[Math.min(bins.length - 1, (int) (bins.length * share))]++;
    }
    double most = IntStream.of(bins).max().orElseThrow();
    return IntStream.of(bins)
        .mapToObj(bin -> STEPS.charAt((int) Math.ceil((STEPS.length() - 1) * bin / most)) + "")
        .collect(Collectors.joining());
  }

  private static String name(String text) {
    return OutsideText.printable(text, LONGEST);
  }

  private static String number(double value) {
    return new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros().toPlainString();
  }
}
