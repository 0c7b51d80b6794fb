package io.cordee.experiment.report;

import java.util.regex.Pattern;

/** Text from outside, made safe to stand in HTML. */
final class Html {

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}&&[^\\n\\t]]");

  private Html() {}

  /** For the content of an element, or a quoted attribute. */
  static String text(String text) {
    return UNSEEN
        .matcher(text)
        .replaceAll("\uFFFD")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
