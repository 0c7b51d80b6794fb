package io.cordee.common.svg;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** The values of an axis: which of them may be marked, and their labels. */
public enum Unit {
  NUMBER,
  /** From 0 to 1. */
  SHARE,
  /** Whole numbers. */
  COUNT,
  SECONDS,
  BYTES;

  private static final String[] PREFIXES = {"n", "µ", "m", "", "k", "M", "G", "T"};
  private static final int NO_PREFIX = 3;

  boolean has(double value) {
    return switch (this) {
      case NUMBER, SECONDS -> true;
      case SHARE -> value >= 0 && value <= 1;
      case COUNT, BYTES -> value == Math.rint(value);
    };
  }

  /** Returns the least power of ten whose multiples are values. */
  int leastPower() {
    return this == COUNT || this == BYTES ? 0 : Integer.MIN_VALUE;
  }

  /**
   * Returns the shortest label that tells a mark from the next one.
   *
   * @param power that of ten in the distance between marks, which are its multiples
   */
  String label(double value, int power) {
    if (value == 0) {
      return "0";
    }
    return switch (this) {
      case NUMBER, SHARE -> number(value, power);
      case COUNT -> Math.abs(value) < 1e6 ? plain(value, 0, power) : prefixed(value, power, 0, "");
      case SECONDS -> prefixed(value, power, -NO_PREFIX, "s");
      case BYTES -> prefixed(value, power, 0, "B");
    };
  }

  /** Returns the power of ten of a number's first digit. */
  static int exponent(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    return exact.precision() - exact.scale() - 1;
  }

  private static String number(double value, int power) {
    double size = Math.abs(value);
    if (size >= 1e-3 && size < 1e7) {
      return plain(value, 0, power);
    }
    int exponent = exponent(value);
    return plain(value, exponent, power) + "e" + exponent;
  }

  private String prefixed(double value, int power, int least, String unit) {
    int most = this == SECONDS ? 0 : PREFIXES.length - 1 - NO_PREFIX;
    int thousands = Math.max(least, Math.min(most, Math.floorDiv(exponent(value), 3)));
    String suffix = PREFIXES[NO_PREFIX + thousands] + unit;
    String number = plain(value, 3 * thousands, power);
    return suffix.isEmpty() ? number : number + " " + suffix;
  }

  /** Returns a multiple of one power of ten, by another one. */
  private static String plain(double value, int by, int power) {
    BigDecimal shown =
        BigDecimal.valueOf(value)
            .movePointLeft(by)
            .setScale(Math.max(0, by - power), RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return String.format(Locale.ROOT, "%,." + Math.max(0, shown.scale()) + "f", shown);
  }
}
