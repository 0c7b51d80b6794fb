package io.cordee.worker.data.rows;

import java.util.OptionalDouble;

public final class Decimals {

  /** Doubles represent every whole number up to here. */
  private static final double MOST_WHOLE = 1L << 53;

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

  /** Maps equal numbers to equal texts: {@code 8.0} to {@code 8}. */
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
  public static double number(String text, double scale, RowPlace place) {
    OptionalDouble number = parse(text);
    OptionalDouble value = number.isPresent() ? number : truth(text);
    if (value.isPresent()) {
      double scaled = value.getAsDouble() / scale;
      if (Float.isFinite((float) scaled)) {
        return scaled;
      }
    }
    throw place.error("expected a finite 32-bit number", "'" + text + "'");
  }
}
