package io.cordee.gallery;

import io.cordee.gallery.analytic.AnalyticFunction;
import io.cordee.gallery.analytic.AnalyticFunctions;
import java.util.Arrays;

/** A function of two variables, the part of it that is shown, and from where rules set out. */
enum Landscape {
  WELL(
      "well",
      AnalyticFunctions.DEFAULT_CONDITION,
      View.of(-1.6, 1.6, -1.12, 1.12),
      steps(-0.95, 0.1, 10),
      new double[] {0, 0},
      new float[] {1.2f, 0.6f}),

  ROSENBROCK(
      "rosenbrock",
      AnalyticFunctions.DEFAULT_CONDITION,
      View.of(-2, 2, -0.9, 1.9),
      new double[] {0.2, 0.7, 2, 4.5, 10, 25, 60, 150, 400, 900},
      new double[] {1, 1},
      new float[] {-1.2f, 1}),

  SADDLE(
      "saddle",
      AnalyticFunctions.DEFAULT_CONDITION,
      View.of(-2, 2, -1.4, 1.4),
      new double[] {-0.22, -0.15, -0.07, 0, 0.1, 0.25, 0.5, 0.9, 1.4, 2},
      new double[] {0, 1, 0, -1},
      new float[] {-1.7f, 0.02f}),

  BOWL(
      "bowl",
      25,
      View.of(-2.2, 2.2, -1.54, 1.54),
      new double[] {0.15, 0.45, 1, 1.8, 3.2, 5.5, 9, 14, 20, 27},
      new double[] {0, 0},
      new float[] {-1.8f, 0.9f});

  private static final int COLUMNS = 150;
  private static final int ROWS = 105;

  private final String function;
  private final double condition;
  private final View view;

  /** Of the contours, from the lowest on. */
  private final double[] levels;

  /** Where it is lowest, x and y by turns. */
  private final double[] lowest;

  private final float[] start;

  Landscape(
      String function,
      double condition,
      View view,
      double[] levels,
      double[] lowest,
      float[] start) {
    this.function = function;
    this.condition = condition;
    this.view = view;
    this.levels = levels;
    this.lowest = lowest;
    this.start = start;
  }

  private static double[] steps(double from, double by, int count) {
    double[] levels = new double[count];
    Arrays.setAll(levels, i -> from + by * i);
    return levels;
  }

  AnalyticFunction function() {
    return AnalyticFunctions.find(function, condition).orElseThrow();
  }

  double condition() {
    return condition;
  }

  View view() {
    return view;
  }

  float[] start() {
    return start.clone();
  }

  String groundId() {
    return "ground-" + function;
  }

  /** The contours, as a symbol that every panel of a page uses. */
  String ground() {
    AnalyticFunction f = function();
    Contours contours = new Contours((x, y) -> f.value(new double[] {x, y}), view, COLUMNS, ROWS);
    Svg svg = new Svg();
    svg.open("symbol id='%s' viewBox='0 0 %s %s'", groundId(), view.width(), view.height());
    for (int i = levels.length - 1; i >= 0; i--) {
      svg.leaf("path class='level' fill-rule='evenodd' d='%s'", contours.path(levels[i], view));
    }
    for (int i = 0; i < lowest.length; i += 2) {
      double x = view.px(lowest[i]);
      double y = view.py(lowest[i + 1]);
      svg.line(x - 4, y, x + 4, y, "lowest").line(x, y - 4, x, y + 4, "lowest");
    }
    return svg.close().toString();
  }
}
