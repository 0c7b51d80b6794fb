package io.cordee.common.svg;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.Stream;

/** Writes SVG elements, which are valid in an HTML page too. */
public class Svg {

  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Begins an element that has others in it.
   *
   * @param tag its name and attributes, as in {@code line x1='%s'}, with a %s for each value:
   *     numbers are pixels, anything else is escaped
   */
  public Svg open(String tag, Object... values) {
    tag(tag, values);
    text.append('>');
    open.push(tag.split(" ")[0]);
    return this;
  }

  public Svg close() {
    text.append("</").append(open.pop()).append(">\n");
    return this;
  }

  public Svg leaf(String tag, Object... values) {
    tag(tag, values);
    text.append("/>");
    return this;
  }

  public Svg text(String content, String tag, Object... values) {
    tag(tag, values);
    text.append('>').append(escaped(content)).append("</").append(tag.split(" ")[0]).append('>');
    return this;
  }

  public Svg raw(String svg) {
    text.append(svg);
    return this;
  }

  public Svg line(double x1, double y1, double x2, double y2, String style) {
    return leaf("line class='%s' x1='%s' y1='%s' x2='%s' y2='%s'", style, x1, y1, x2, y2);
  }

  public Svg circle(double x, double y, double r, String style) {
    return leaf("circle class='%s' cx='%s' cy='%s' r='%s'", style, x, y, r);
  }

  private void tag(String tag, Object... values) {
    Object[] shown =
        Stream.of(values)
            .map(value -> value instanceof Double pixels ? number(pixels) : escaped("" + value))
            .toArray();
    text.append('<').append(tag.replace('\'', '"').formatted(shown));
  }

  /** Tenths of a pixel are enough; points far outside are clamped. */
  public static String number(double pixels) {
    double near = Math.max(-9999, Math.min(9999, pixels));
    String text = String.format(Locale.ROOT, "%.1f", near);
    String whole = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    return whole.equals("-0") ? "0" : whole;
  }

  private static String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return text.toString();
  }
}
