package io.cordee.bench.report;

import java.util.Locale;

/** Figures as lines of text, in columns. */
final class FigureTable {

  private static final String COLUMNS = "%-44s %-22s %-22s %-22s %s";

  private FigureTable() {}

  static String header() {
    return line("", "measured", "limit", "ratio", "bar");
  }

  static String line(Figure figure) {
    return line(
        figure.name(),
        amount(figure.measured(), figure.unit()),
        amount(figure.limit(), figure.unit()),
        ratio(figure.ratio()),
        bar(figure));
  }

  private static String line(String name, String measured, String limit, String ratio, String bar) {
    return String.format(Locale.ROOT, COLUMNS, name, measured, limit, ratio, bar).stripTrailing();
  }

  /** The median and, in brackets, half of the range between the quartiles, in percent. */
  private static String amount(Quartiles spread, String unit) {
    double half = (spread.upperQuartile() - spread.lowerQuartile()) / 2 / Math.abs(spread.median());
    return String.format(Locale.ROOT, "%s %s ±%.0f %%", digits(spread.median()), unit, 100 * half);
  }

  private static String ratio(Quartiles spread) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        spread.median(),
        spread.lowerQuartile(),
        spread.upperQuartile());
  }

  private static String bar(Figure figure) {
    String verdict = figure.met() ? "" : "  MISSED";
    return figure.atLeast() != null
        ? String.format(Locale.ROOT, ">= %.2f%s", figure.atLeast(), verdict)
        : String.format(Locale.ROOT, "<= %.2f%s", figure.atMost(), verdict);
  }

  /** Three digits that say something, without an exponent. */
  private static String digits(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
