package io.cordee.worker.data;

import java.util.OptionalDouble;

/** Decimal numbers in data files. */
final class Decimals {

  /** Up to here, doubles have every whole number. */
  private static final double MOST_WHOLE = 1L << 53;

  private Decimals() {}

  /**
   * A plain decimal number with optional sign, fraction and exponent. Empty for what Double alone
   * would take: "NaN", "Infinity", "1f", "0x1p3".
   */
  static OptionalDouble parse(String text) {
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

  /** A text by which numbers of one value are told to be equal: {@code 8.0} is {@code 8}. */
  static String plain(String text) {
    double value = text.indexOf('.') < 0 ? Double.NaN : parse(text).orElse(Double.NaN);
    return value == Math.rint(value) && Math.abs(value) < MOST_WHOLE
        ? Long.toString((long) value)
        : text;
  }

  /** True is 1 and false is 0, however they are capitalized; others are nothing. */
  static OptionalDouble truth(String text) {
    return text.equalsIgnoreCase("true")
        ? OptionalDouble.of(1)
        : text.equalsIgnoreCase("false") ? OptionalDouble.of(0) : OptionalDouble.empty();
  }

  /**
   * A number divided by {@code scale}; a truth value is 1 or 0.
   *
   * @throws DataException if it is no number, or beyond what floats can hold
   */
  static double number(String text, double scale, Place place) {
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
