package io.cordee.worker.data.rows;

import java.util.OptionalDouble;
import java.util.stream.IntStream;

public final class Decimals {

  /** Doubles represent every whole number up to here. */
  private static final double MOST_WHOLE = 1L << 53;

  /** Of ten, each exact. */
  private static final double[] POWERS =
      IntStream.range(0, 16).mapToDouble(i -> Double.parseDouble("1e" + i)).toArray();

  private Decimals() {}

  /**
   * A plain decimal number with optional sign, fraction and exponent. Empty for what Double alone
   * would take: "NaN", "Infinity", "1f", "0x1p3".
   */
  public static OptionalDouble parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return OptionalDouble.empty();
      }
    }
    try {
      return OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /**
   * As of the text that these bytes are, without making one; NaN if it has an exponent or many
   * digits, or is no number.
   */
  public static double parse(byte[] bytes, int from, int to) {
    boolean isNegative = from < to && bytes[from] == '-';
    boolean isSigned = isNegative || from < to && bytes[from] == '+';
    long digits = 0;
    int count = 0;
    int point = to - 1;
    for (int at = isSigned ? from + 1 : from; at < to; at++) {
      int digit = bytes[at] - '0';
      if (digit >= 0 && digit <= 9) {
        digits = 10 * digits + digit;
        count++;
      } else if (bytes[at] == '.' && point == to - 1) {
        point = at;
      } else {
        return Double.NaN;
      }
    }
    if (count == 0 || count >= POWERS.length) {
      return Double.NaN;
    }
    double value = digits / POWERS[to - 1 - point]; // both exact, so rounded once, as by Double
    return isNegative ? -value : value;
  }

  /**
   * Writes a whole number that has a point without it: {@code 8.0} as {@code 8}; not {@code 8e0}.
   */
  public static String plain(String text) {
    double value = text.indexOf('.') < 0 ? Double.NaN : parse(text).orElse(Double.NaN);
    return value == Math.rint(value) && Math.abs(value) < MOST_WHOLE
        ? Long.toString((long) value)
        : text;
  }

  /** 1 or 0 for true or false in any capitalization; otherwise empty. */
  static OptionalDouble truth(String text) {
    return text.equalsIgnoreCase("true")
        ? OptionalDouble.of(1)
        : text.equalsIgnoreCase("false") ? OptionalDouble.of(0) : OptionalDouble.empty();
  }

  /**
   * A number divided by {@code scale}; a truth value is 1 or 0.
   *
   * @throws DataException if it is no number, or beyond the range of floats
   */
  public static double number(Cell cell, double scale) {
    double number = cell.number();
    double value = Double.isNaN(number) ? truth(cell.text()).orElse(Double.NaN) : number;
    double scaled = value / scale;
    if (Float.isFinite((float) scaled)) {
      return scaled;
    }
    throw cell.error("expected a finite 32-bit number", "'" + cell.text() + "'", cell.remedy());
  }
}
