package io.cordee.common.text;

/** Texts from outside, as they may stand in a line for people: in a log, or on a terminal. */
public final class OutsideText {

  private static final int LONGEST_NAME = 64;

  private OutsideText() {}

  /** At most so long, with {@code _} for whatever is not to be seen, or steers a terminal. */
  public static String printable(String text, int longest) {
    return text.substring(0, Math.min(longest, text.length()))
        .replaceAll("\\s+", " ")
        .replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "_");
  }

  /** As a name: letters, digits and a few marks. */
  public static String name(String text) {
    return text.substring(0, Math.min(LONGEST_NAME, text.length())).replaceAll("[^\\w.:@-]", "_");
  }
}
