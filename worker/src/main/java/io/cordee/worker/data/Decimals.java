package io.cordee.worker.data;

import java.util.OptionalDouble;

/** Decimal numbers in data files. */
final class Decimals {

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

  /**
   * A number divided by {@code scale}.
   *
   * @throws DataException if it is no number, or beyond what floats can hold
   */
  static double number(String text, double scale, Place place) {
    OptionalDouble value = parse(text);
    if (value.isPresent()) {
      double scaled = value.getAsDouble() / scale;
      if (Float.isFinite((float) scaled)) {
        return scaled;
      }
    }
    throw place.error("expected a finite 32-bit number", "'" + text + "'");
  }
}
