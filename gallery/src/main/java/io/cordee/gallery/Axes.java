package io.cordee.gallery;

import io.cordee.common.svg.Svg;
import io.cordee.common.svg.Ticks;
import java.util.List;
import java.util.Locale;

/** Ticks and grid lines of a panel, with the numbers inside the frame. */
final class Axes {

  private Axes() {}

  static String grid(View view) {
    Svg svg = new Svg();
    svg.open("g class='grid'");
    List<Double> lines =
        view.isLog()
            ? Ticks.decades(view.bottom(), view.top())
            : Ticks.even(view.bottom(), view.top(), 4);
    for (double y : lines) {
      svg.line(0, view.py(y), view.width(), view.py(y), "gridline");
      svg.text(label(y), "text x='4' y='%s'", view.py(y) - 3);
    }
    for (double x : Ticks.even(view.left(), view.right(), 6)) {
      double at = view.px(x);
      if (at > 20 && at < view.width() - 8) {
        svg.line(at, view.height() - 5, at, view.height(), "tick");
        svg.text(label(x), "text x='%s' y='%s' text-anchor='middle'", at, view.height() - 8);
      }
    }
    return svg.close().toString();
  }

  private static String label(double value) {
    String text = String.format(Locale.ROOT, "%.6f", value).replaceAll("\\.?0+$", "");
    return text.equals("-0") || text.isEmpty() ? "0" : text;
  }
}
