package io.cordee.experiment.report;

import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** NumberText for people. */
public final class NumberText {

  /** More than any table shows. */
  private static final int DIGITS = 7;

  private NumberText() {}

  /**
   * What tables round, and the report's script is given to round: in both, halves of the binary
   * number go up, so that a legend and a table say the same.
   */
  static double shown(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue()
        : value;
  }

  /** Three or four digits: {@code 0.8734}, {@code 1.61e-5}. */
  public static String plain(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    return value != 0 && Math.abs(value) < 1e-3
        ? significant(value, 3)
        : new BigDecimal(shown(value)).setScale(4, RoundingMode.HALF_UP).toPlainString();
  }

  /** A loss, by four digits. */
  public static String loss(double value) {
    return Double.isFinite(value) ? significant(value, 4) : "–";
  }

  private static String significant(double value, int digits) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(shown(value)).round(new MathContext(digits, RoundingMode.HALF_UP));
    int power = rounded.precision() - rounded.scale() - 1;
    if (power < -4 || power >= digits) {
      return rounded.movePointLeft(power).setScale(digits - 1).toPlainString() + "e" + power;
    }
    return rounded.setScale(digits - 1 - power).toPlainString();
  }

  /** What was spent, with its unit. */
  public static String cost(Scale scale, double value) {
    return switch (scale) {
      case ROUNDS -> String.format(Locale.ROOT, "%,d", Math.round(value));
      case ROWS -> large(value, "");
      case SECONDS -> seconds(value);
      case BYTES -> large(value, "B");
    };
  }

  private static String seconds(double value) {
    if (value < 10) {
      return String.format(Locale.ROOT, "%.2f s", value);
    }
    return value < 600
        ? String.format(Locale.ROOT, "%.1f s", value)
        : String.format(Locale.ROOT, "%.1f min", value / 60);
  }

  private static String large(double value, String unit) {
    String[] prefixes = {"", "k", "M", "G", "T"};
    int power = 0;
    double rest = value;
    while (rest >= 999.5 && power < prefixes.length - 1) {
      rest /= 1000;
      power++;
    }
    String number =
        power == 0 || rest >= 99.95
            ? String.format(Locale.ROOT, "%.0f", rest)
            : String.format(Locale.ROOT, rest < 9.995 ? "%.2f" : "%.1f", rest);
    String suffix = prefixes[power] + unit;
    return suffix.isEmpty() ? number : number + " " + suffix;
  }

  /** A setting as it stands in a job: {@code 0.1}, {@code 1e-06}. */
  public static String setting(Object value) {
    return String.valueOf(value).replaceAll("\\.0$", "").replaceAll("\\.0E", "e").replace("E", "e");
  }

  /** The ends of a spread, of one that has such; else empty. */
  static String ends(Spread spread, DoubleFunction<String> format) {
    String low = format.apply(spread.low());
    String high = format.apply(spread.high());
    return spread.count() == 1 || low.equals(high) ? "" : low + " – " + high;
  }
}
