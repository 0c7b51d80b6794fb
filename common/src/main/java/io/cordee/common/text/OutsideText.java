package io.cordee.common.text;

import java.util.regex.Pattern;

/** Texts from outside, as they may stand in a line for people: in a log, or on a terminal. */
public final class OutsideText {

  private static final int LONGEST_NAME = 64;
  private static final Pattern UNSEEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}&&[^\n\t]]");
  private static final Pattern LONG_WORD = Pattern.compile("(\\S{200})\\S{100,}(\\S{100})");

  private OutsideText() {}

  /** At most so long, with {@code _} for whatever is not to be seen, or steers a terminal. */
  public static String printable(String text, int longest) {
    return text.substring(0, Math.min(longest, text.length()))
        .replaceAll("\\s+", " ")
        .replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "_");
  }

  /**
   * A message with texts from outside in it, of one line or several: {@code _} for whatever is not
   * to be seen, or steers a terminal, and … for the middle of a name that nobody reads to its end.
   */
  public static String message(String text) {
    return LONG_WORD.matcher(UNSEEN.matcher(text).replaceAll("_")).replaceAll("$1…$2");
  }

  /** As a name: letters, digits and a few marks. */
  public static String name(String text) {
    return text.substring(0, Math.min(LONGEST_NAME, text.length())).replaceAll("[^\\w.:@-]", "_");
  }
}
