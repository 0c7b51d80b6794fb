package io.cordee.gallery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Where a loop comes by, in the coordinates of the function. */
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

  /** The loops around what lies below a level. */
  List<List<Corner>> loops(double level) {
    Map<Long, long[]> neighbours = new HashMap<>();
    for (int i = 0; i + 1 < xs.length; i++) {
      for (int j = 0; j + 1 < ys.length; j++) {
        cross(i, j, level, neighbours);
      }
    }
    List<List<Corner>> loops = new ArrayList<>();
    while (!neighbours.isEmpty()) {
      long start = neighbours.keySet().stream().min(Long::compare).orElseThrow();
      List<Corner> loop = new ArrayList<>();
      for (long edge = start, next; neighbours.containsKey(edge); edge = next) {
        loop.add(crossing(edge, level));
        long[] both = neighbours.remove(edge);
        next = neighbours.containsKey(both[0]) ? both[0] : both[1];
      }
      loops.add(loop);
    }
    return loops;
  }

  private boolean isBelow(int i, int j, double level) {
    return values[i][j] < level; // what is beyond the border is not a number, and so not below
  }

  /** Joins the edges of a cell that the level crosses, two by two. */
  private void cross(int i, int j, double level, Map<Long, long[]> neighbours) {
    boolean[] below = {
      isBelow(i, j, level),
      isBelow(i + 1, j, level),
      isBelow(i + 1, j + 1, level),
      isBelow(i, j + 1, level)
    };
    // In the order of the corners: from each to the next.
    long[] edges = {across(i, j), up(i + 1, j), across(i, j + 1), up(i, j)};
    int[] crossed = new int[4];
    int count = 0;
    for (int side = 0; side < 4; side++) {
      if (below[side] != below[(side + 1) % 4]) {
        crossed[count++] = side;
      }
    }
    if (count == 2) {
      join(edges[crossed[0]], edges[crossed[1]], neighbours);
    } else if (count == 4) {
      // Two low corners across from each other: they are apart where the middle is high.
      int first = below[0] == isMiddleBelow(i, j, level) ? 0 : 1;
      join(edges[first], edges[first + 1], neighbours);
      join(edges[first + 2], edges[(first + 3) % 4], neighbours);
    }
  }

  private boolean isMiddleBelow(int i, int j, double level) {
    double sum = values[i][j] + values[i + 1][j] + values[i + 1][j + 1] + values[i][j + 1];
    return sum / 4 < level;
  }

  private static void join(long a, long b, Map<Long, long[]> neighbours) {
    append(a, b, neighbours);
    append(b, a, neighbours);
  }

  private static void append(long edge, long other, Map<Long, long[]> neighbours) {
    neighbours.merge(edge, new long[] {other, other}, (was, is) -> new long[] {was[0], other});
  }

  private long across(int i, int j) {
    return 2 * ((long) i * ys.length + j);
  }

  private long up(int i, int j) {
    return across(i, j) + 1;
  }

  private Corner crossing(long edge, double level) {
    int i = (int) (edge / 2 / ys.length);
    int j = (int) (edge / 2 % ys.length);
    boolean isUp = edge % 2 == 1;
    int i2 = isUp ? i : i + 1;
    int j2 = isUp ? j + 1 : j;
    double from = values[i][j];
    double to = values[i2][j2];
    double share = Double.isNaN(from) || Double.isNaN(to) ? 0.5 : (level - from) / (to - from);
    return new Corner(xs[i] + share * (xs[i2] - xs[i]), ys[j] + share * (ys[j2] - ys[j]));
  }

  /** As the attribute {@code d} of a path. */
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
