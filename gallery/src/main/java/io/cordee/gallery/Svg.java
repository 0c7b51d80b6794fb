package io.cordee.gallery;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes SVG elements, which also stand in an HTML page as they are. */
final class Svg {

  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins an element that has others in it. */
  Svg open(String name, String... attributes) {
    tag(name, attributes);
    text.append(">");
    open.push(name);
    return this;
  }

  Svg close() {
    text.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** An element with nothing in it. */
  Svg leaf(String name, String... attributes) {
    tag(name, attributes);
    text.append("/>");
    return this;
  }

  /** An element with text in it. */
  Svg text(String name, String content, String... attributes) {
    tag(name, attributes);
    text.append('>').append(escaped(content)).append("</").append(name).append('>');
    return this;
  }

  /** What is SVG already. */
  Svg raw(String svg) {
    text.append(svg);
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    return leaf(
        "line",
        "class",
        style,
        "x1",
        View.number(x1),
        "y1",
        View.number(y1),
        "x2",
        View.number(x2),
        "y2",
        View.number(y2));
  }

  Svg circle(double x, double y, double r, String style) {
    return leaf(
        "circle", "class", style, "cx", View.number(x), "cy", View.number(y), "r", View.number(r));
  }

  private void tag(String name, String... attributes) {
    text.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append("=\"").append(escaped(attributes[i + 1]));
      text.append('"');
    }
  }

  static String escaped(String plain) {
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
