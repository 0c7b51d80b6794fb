package io.cordee.common.job.file;

import java.util.regex.Pattern;

/** Text from outside in a message: on one line, and not too long. */
final class Quote {

  private static final int LONGEST_VALUE = 60;
  private static final int LONGEST_SENTENCE = 1000;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}&&[^\\p{Co}]]");

  private Quote() {}

  /** In double quotes. */
  static String of(String text) {
    return '"' + bare(text) + '"';
  }

  /** Without quotes around it. */
  static String bare(String text) {
    return shorten(text, LONGEST_VALUE);
  }

  /** A message, part of which is from outside. */
  static String sentence(String text) {
    return shorten(text.strip().replaceAll("\\s+", " "), LONGEST_SENTENCE);
  }

  private static String shorten(String text, int longest) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (shown.length() >= longest && i < text.length() - 1) {
        return shown.append("...").toString();
      }
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> shown.append("\\n");
        case '\t' -> shown.append("\\t");
        case '\r' -> shown.append("\\r");
        default -> {
          if (UNPRINTABLE.matcher(String.valueOf(c)).matches()) {
            shown.append(String.format("\\u%04x", (int) c));
          } else {
            shown.append(c);
          }
        }
      }
    }
    return shown.toString();
  }
}
