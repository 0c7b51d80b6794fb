package io.cordee.bench.report;

import io.cordee.experiment.run.Spread;
import java.util.Locale;

/**
 * One thing that was measured, beside its limit.
 *
 * @param unit of both
 */
record Figure(String name, String limitName, String unit, Pairs pairs, Bar bar) {

  private static final String COLUMNS = "%-44s %-22s %-22s %-17s %s";

  static String header() {
    return String.format(COLUMNS, "", "measured", "ratio", "bar", "limit");
  }

  /** As a line of text, in columns; the ratio is that of each repetition by itself. */
  String line() {
    Spread ratio = Spread.of(pairs.ratios()).orElseThrow();
    String spread =
        String.format(
            Locale.ROOT, "%.2f (%.2f to %.2f)", ratio.median(), ratio.low(), ratio.high());
    return String.format(
        COLUMNS,
        name,
        amount(pairs.measured()),
        spread,
        bar + (bar.isMetBy(ratio.median()) ? "" : "  MISSED"),
        limitName + ", " + amount(pairs.limit()));
  }

  /** The median, and half of the range from low to high, in percent. */
  private String amount(double[] measurements) {
    Spread spread = Spread.of(measurements).orElseThrow();
    double half = (spread.high() - spread.low()) / 2 / Math.abs(spread.median());
    return String.format(Locale.ROOT, "%s %s ±%.0f %%", digits(spread.median()), unit, 100 * half);
  }

  /** Three digits that say something, without an exponent. */
  private static String digits(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
