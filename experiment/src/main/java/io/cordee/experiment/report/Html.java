package io.cordee.experiment.report;

/** Text from outside, made safe to stand in HTML. */
final class Html {

  private Html() {}

  /** For the content of an element, or a quoted attribute. */
  static String text(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                  boolean isSeen = c == '\n' || c == '\t' || !Character.isISOControl(c);
                  safe.appendCodePoint(isSeen ? c : '\uFFFD');
                }
              }
            });
    return safe.toString();
  }

  /** A cell of a table. */
  static String cell(String text) {
    return "<td>" + text(text) + "</td>";
  }

  /** A cell with a number. */
  static String number(String text) {
    return "<td class=\"n\">" + text(text) + "</td>";
  }
}
