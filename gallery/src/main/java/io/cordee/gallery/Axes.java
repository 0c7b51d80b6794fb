package io.cordee.gallery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ticks and grid lines of a panel, with the numbers inside the frame. */
final class Axes {

  private Axes() {}

  static String grid(View view) {
    Svg svg = new Svg();
    svg.open("g class='grid'");
    List<Double> lines = view.isLog() ? decades(view) : round(view.bottom(), view.top(), 4);
    for (double y : lines) {
      svg.line(0, view.py(y), view.width(), view.py(y), "gridline");
      svg.text(label(y), "text x='4' y='%s'", view.py(y) - 3);
    }
    for (double x : round(view.left(), view.right(), 6)) {
      double at = view.px(x);
      if (at > 20 && at < view.width() - 8) {
        svg.line(at, view.height() - 5, at, view.height(), "tick");
        svg.text(label(x), "text x='%s' y='%s' text-anchor='middle'", at, view.height() - 8);
      }
    }
    return svg.close().toString();
  }

  /** Multiples of 1, 2 or 5 times a power of ten, strictly between two numbers. */
  static List<Double> round(double from, double to, int atMost) {
    double raw = (to - from) / atMost;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = power * 10;
    for (int factor : new int[] {5, 2, 1}) {
      step = power * factor >= raw ? power * factor : step;
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.floor(from / step) + 1; i * step < to; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  private static List<Double> decades(View view) {
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.ceil(Math.log10(view.bottom())); ; power++) {
      double tick = Math.pow(10, power);
      if (tick >= view.top()) {
        return ticks;
      }
      ticks.add(tick);
    }
  }

  private static String label(double value) {
    String text = String.format(Locale.ROOT, "%.6f", value).replaceAll("\\.?0+$", "");
    return text.equals("-0") || text.isEmpty() ? "0" : text;
  }
}
