package io.cordee.gallery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Collectors;

/**
 * Contour lines of a function of the plane by marching squares, each a closed loop around what lies
 * below its level.
 *
 * <p>The function is taken at the corners of a grid that reaches a cell beyond the view; its
 * outermost corners count as high, so that loops that leave the view close out of sight.
 */
final class Contours {

  /** A point of a loop, in the coordinates of the function. */
  record Corner(double x, double y) {}

  private final double[] xs;
  private final double[] ys;
  private final double[][] values;

  /**
   * @param columns cells across the view
   * @param rows cells down the view
   */
  Contours(DoubleBinaryOperator f, View view, int columns, int rows) {
    xs = ticks(view.left(), view.right(), columns);
    ys = ticks(view.bottom(), view.top(), rows);
    values = new double[xs.length][ys.length];
    for (int i = 0; i < xs.length; i++) {
      for (int j = 0; j < ys.length; j++) {
        values[i][j] = isBorder(i, j) ? Double.NaN : f.applyAsDouble(xs[i], ys[j]);
      }
    }
  }

  /** One corner beyond the first and the last. */
  private static double[] ticks(double from, double to, int cells) {
    double[] ticks = new double[cells + 3];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = from + (to - from) * (i - 1) / cells;
    }
    return ticks;
  }

  private boolean isBorder(int i, int j) {
    return i == 0 || j == 0 || i == xs.length - 1 || j == ys.length - 1;
  }

  List<List<Corner>> loops(double level) {
    // From each crossed edge of the grid to the next one, with what is below on the left.
    TreeMap<Integer, Integer> next = new TreeMap<>();
    for (int i = 0; i + 1 < xs.length; i++) {
      for (int j = 0; j + 1 < ys.length; j++) {
        cross(i, j, level, next);
      }
    }
    List<List<Corner>> loops = new ArrayList<>();
    while (!next.isEmpty()) {
      List<Corner> loop = new ArrayList<>();
      for (Integer edge = next.firstKey(); next.containsKey(edge); edge = next.remove(edge)) {
        loop.add(crossing(edge, level));
      }
      loops.add(loop);
    }
    return loops;
  }

  /** Joins the edges of a cell that the level crosses, two by two. */
  private void cross(int i, int j, double level, Map<Integer, Integer> next) {
    // Counterclockwise, each edge behind its first corner. What is beyond the border is not a
    // number, and so not below.
    double[] corners = {values[i][j], values[i + 1][j], values[i + 1][j + 1], values[i][j + 1]};
    int[] edges = {across(i, j), across(i + 1, j) + 1, across(i, j + 1), across(i, j) + 1};
    List<Integer> in = new ArrayList<>();
    List<Integer> out = new ArrayList<>();
    for (int side = 0; side < 4; side++) {
      boolean isBelow = corners[side] < level;
      if (isBelow != corners[(side + 1) % 4] < level) {
        (isBelow ? in : out).add(edges[side]);
      }
    }
    // Of two low corners across from each other: they are apart where the middle is high.
    boolean isApart = in.size() == 2 && Arrays.stream(corners).sum() / 4 >= level;
    boolean isFirstLow = corners[0] < level;
    for (int k = 0; k < in.size(); k++) {
      boolean isOther = in.size() == 2 && isApart == isFirstLow;
      next.put(in.get(k), out.get(isOther ? 1 - k : k));
    }
  }

  /** The edge that leads to the right from a corner; the one behind it leads up. */
  private int across(int i, int j) {
    return 2 * (i * ys.length + j);
  }

  private Corner crossing(int edge, double level) {
    int i = edge / 2 / ys.length;
    int j = edge / 2 % ys.length;
    boolean isUp = edge % 2 == 1;
    int i2 = isUp ? i : i + 1;
    int j2 = isUp ? j + 1 : j;
    double from = values[i][j];
    double to = values[i2][j2];
    double share = Double.isNaN(from) || Double.isNaN(to) ? 0.5 : (level - from) / (to - from);
    return new Corner(xs[i] + share * (xs[i2] - xs[i]), ys[j] + share * (ys[j2] - ys[j]));
  }

  String path(double level, View view) {
    StringBuilder d = new StringBuilder();
    for (List<Corner> loop : loops(level)) {
      String points =
          loop.stream().map(c -> view.at(c.x(), c.y())).distinct().collect(Collectors.joining(" "));
      d.append('M').append(points).append('Z');
    }
    return d.toString();
  }
}
