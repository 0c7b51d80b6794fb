package io.cordee.gallery;

import io.cordee.common.svg.Svg;
import io.cordee.gallery.analytic.AnalyticFunction;

/**
 * A function of two variables, the part of it that is shown, and where optimizers start; an entry
 * of {@code exhibits.yaml}.
 *
 * @param condition of the bowl; null for the default
 * @param shown left, right, bottom and top
 * @param levels of the contours, from the lowest on
 * @param lowest where the function is lowest
 */
record Landscape(
    String name,
    Double condition,
    double[] shown,
    double[] levels,
    double[][] lowest,
    float[] start) {

  private static final int COLUMNS = 150;
  private static final int ROWS = 105;

  Landscape {
    condition = condition == null ? AnalyticFunction.DEFAULT_CONDITION : condition;
  }

  AnalyticFunction function() {
    return AnalyticFunction.find(name, condition).orElseThrow();
  }

  View view() {
    return View.of(shown[0], shown[1], shown[2], shown[3]);
  }

  String groundId() {
    return "ground-" + name;
  }

  /** The contours, as a symbol that every panel of a page uses. */
  String ground() {
    AnalyticFunction f = function();
    View view = view();
    Contours contours = new Contours((x, y) -> f.value(new double[] {x, y}), view, COLUMNS, ROWS);
    Svg svg = new Svg();
    svg.open("symbol id='%s' viewBox='0 0 %s %s'", groundId(), view.width(), view.height());
    for (int i = levels.length - 1; i >= 0; i--) {
      svg.leaf("path class='level' fill-rule='evenodd' d='%s'", contours.path(levels[i], view));
    }
    for (double[] place : lowest) {
      double x = view.px(place[0]);
      double y = view.py(place[1]);
      svg.line(x - 4, y, x + 4, y, "lowest").line(x, y - 4, x, y + 4, "lowest");
    }
    return svg.close().toString();
  }
}
