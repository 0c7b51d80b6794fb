package io.cordee.common.job.file;

import java.util.regex.Pattern;

/** Scalars as YAML text that reads back as the same value, in YAML 1.1 too. */
final class Scalars {

  private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*\\+?");
  private static final Pattern MEANS_SOMETHING_ELSE =
      Pattern.compile("null|true|false|yes|no|on|off|y|n", Pattern.CASE_INSENSITIVE);
  private static final double LARGEST_PLAIN_WHOLE = 1e15;

  private Scalars() {}

  static String number(double value) {
    boolean plain = Math.abs(value) < LARGEST_PLAIN_WHOLE && value == (long) value;
    if (plain && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits((long) value)) {
      return Long.toString((long) value);
    }
    // YAML 1.1 takes an exponent without a sign for text.
    String text = Double.toString(value).replace('E', 'e');
    return text.contains("e") && !text.contains("e-") ? text.replace("e", "e+") : text;
  }

  static String text(String value) {
    boolean plain =
        NEEDS_NO_QUOTES.matcher(value).matches() && !MEANS_SOMETHING_ELSE.matcher(value).matches();
    return plain ? value : quoted(value);
  }

  private static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7F || Character.isLetterOrDigit(c)) {
        text.append(c);
      } else {
        text.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.append('"').toString();
  }
}
