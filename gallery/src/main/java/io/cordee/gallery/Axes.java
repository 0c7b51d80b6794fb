package io.cordee.gallery;

import io.cordee.common.svg.Axis;
import io.cordee.common.svg.Axis.Mark;
import io.cordee.common.svg.Svg;
import io.cordee.common.svg.Unit;

/** Ticks and grid lines of a panel, with the numbers inside the frame. */
final class Axes {

  private Axes() {}

  static String grid(View view) {
    Svg svg = new Svg();
    svg.open("g class='grid'");
    Axis up = new Axis(view.bottom(), view.top(), view.isLog(), Unit.NUMBER, view.height(), 0);
    for (Mark mark : up.marks()) {
      double y = up.at(mark.value());
      if (!mark.label().isEmpty()) {
        svg.line(0, y, view.width(), y, "gridline");
        svg.text(mark.label(), "text x='4' y='%s'", y - 3);
      }
    }
    Axis across = new Axis(view.left(), view.right(), false, Unit.NUMBER, 0, view.width());
    for (Mark mark : across.marks()) {
      double x = across.at(mark.value());
      if (x > 20 && x < view.width() - 8) {
        svg.line(x, view.height() - 5, x, view.height(), "tick");
        svg.text(mark.label(), "text x='%s' y='%s' text-anchor='middle'", x, view.height() - 8);
      }
    }
    return svg.close().toString();
  }
}
