package io.cordee.gallery;

import io.cordee.gallery.analytic.AnalyticFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Panels of one direction: the deck's f along y = 0, where a rule that starts on that line stays.
 * What a step is made of is drawn for each round, one of them shown at a time.
 */
final class Slices {

  private static final double DROP = 6;

  private Slices() {}

  /** Newton's parabola at each point, and the step to its lowest point. */
  static Panel newton(TracedPath path, int poster) {
    View view = new View(-1.5, 1.5, -1.35, 0.15, 640, 300, false);
    DoubleUnaryOperator f = along(path);
    Svg svg = new Svg();
    svg.raw(Axes.grid(view)).raw(curve(f, view, "curve first"));
    for (int round = 0; round < path.rounds(); round++) {
      double a = path.x(round)[0];
      double next = path.x(round + 1)[0];
      double[] at = {a, 0};
      double value = f.applyAsDouble(a);
      double slope = path.landscape().function().gradient(at)[0];
      double bend = path.landscape().function().curvature(at)[0];
      DoubleUnaryOperator parabola = x -> value + slope * (x - a) + bend * (x - a) * (x - a) / 2;
      beginRound(svg, round + 1, poster);
      svg.raw(curve(parabola, view, "curve second"));
      drop(svg, view, next, parabola.applyAsDouble(next), f.applyAsDouble(next));
      dot(svg, view, a, value, "start", "a" + subscript(round));
      String name = isApart(view, a, next) ? "a" + subscript(round + 1) : "";
      dot(svg, view, next, f.applyAsDouble(next), "now", name);
      svg.close();
    }
    beginRound(svg, 0, poster);
    dot(svg, view, path.x(0)[0], f.applyAsDouble(path.x(0)[0]), "now", "a" + subscript(0));
    svg.close();
    return new Panel(
        "f along y = 0, and its quadratic approximation at each aₙ",
        "f solid, the approximation dashed; its lowest point is the next aₙ",
        "Newton's method on a slice of f: from %.3f to %.6f in %d steps"
            .formatted(path.x(0)[0], path.x(path.rounds())[0], path.rounds()),
        view,
        svg.toString(),
        List.of(path));
  }

  /** The points that Quickprop visits, on f itself. */
  static Panel visited(TracedPath path) {
    View view = new View(-1.7, 1.7, -1.12, 0.12, 420, 280, false);
    DoubleUnaryOperator f = along(path);
    Svg svg = new Svg();
    svg.raw(Axes.grid(view)).raw(curve(f, view, "curve first"));
    List<String> points = new ArrayList<>();
    for (int round = 0; round <= path.rounds(); round++) {
      double w = path.x(round)[0];
      points.add(view.at(w, f.applyAsDouble(w)));
    }
    double last = path.x(path.rounds())[0];
    svg.open("g class='trail'");
    svg.leaf("polyline class='walk' points='%s'", String.join(" ", points));
    svg.circle(view.px(last), view.py(f.applyAsDouble(last)), 4.5, "now").close();
    return new Panel(
        "f along y = 0",
        "where each round leads",
        "Quickprop on a slice of f: from %.3f to %.6f in %d rounds"
            .formatted(path.x(0)[0], last, path.rounds()),
        view,
        svg.toString(),
        List.of(path));
  }

  /** The derivative, and the secant through its last two values that Quickprop takes for it. */
  static Panel secants(TracedPath path, int poster) {
    View view = new View(-1.7, 1.7, -0.9, 0.9, 420, 280, false);
    AnalyticFunction function = path.landscape().function();
    DoubleUnaryOperator slope = x -> function.gradient(new double[] {x, 0})[0];
    Svg svg = new Svg();
    svg.raw(Axes.grid(view)).raw(curve(slope, view, "curve first"));
    svg.line(0, view.py(0), view.width(), view.py(0), "tick");
    for (int round = 1; round <= path.rounds(); round++) {
      beginRound(svg, round, poster);
      double w = path.x(round - 1)[0];
      double g = slope.applyAsDouble(w);
      if (round > 1) {
        double before = path.x(round - 2)[0];
        double gBefore = slope.applyAsDouble(before);
        double bend = (g - gBefore) / (w - before);
        svg.raw(curve(x -> g + bend * (x - w), view, "curve second"));
        svg.circle(view.px(before), view.py(gBefore), 3.5, "ring");
      }
      dot(svg, view, w, g, "start", "w");
      double next = path.x(round)[0];
      drop(svg, view, next, 0, slope.applyAsDouble(next));
      String name = isApart(view, w, next) ? "next w" : "";
      dot(svg, view, next, slope.applyAsDouble(next), "now", name);
      svg.close();
    }
    beginRound(svg, 0, poster);
    dot(svg, view, path.x(0)[0], slope.applyAsDouble(path.x(0)[0]), "now", "w");
    svg.close();
    return new Panel(
        "∂L/∂w, and the secant through its last two values",
        "derivative solid, secant dashed: it takes the place of ∂²L/∂w²",
        "Quickprop's secant of the derivative in each of %d rounds".formatted(path.rounds()),
        view,
        svg.toString(),
        List.of());
  }

  private static DoubleUnaryOperator along(TracedPath path) {
    AnalyticFunction function = path.landscape().function();
    return x -> function.value(new double[] {x, 0});
  }

  /** What is shown in one round alone; before anybody plays, that of the poster. */
  static void beginRound(Svg svg, int round, int poster) {
    String style = round == poster ? "step shown" : "step";
    svg.open("g class='%s' data-round='%s'", style, round);
  }

  private static String curve(DoubleUnaryOperator f, View view, String style) {
    List<String> points = new ArrayList<>();
    for (int pixel = 0; pixel <= view.width(); pixel += 4) {
      double x = view.left() + (view.right() - view.left()) * pixel / view.width();
      points.add(view.at(x, f.applyAsDouble(x)));
    }
    return new Svg()
        .leaf("polyline class='%s' points='%s'", style, String.join(" ", points))
        .toString();
  }

  /** Whether there is room for two names. */
  private static boolean isApart(View view, double one, double other) {
    return Math.abs(view.px(one) - view.px(other)) > 24;
  }

  private static void drop(Svg svg, View view, double x, double from, double to) {
    svg.line(view.px(x), view.py(from), view.px(x), view.py(to), "drop");
    svg.circle(view.px(x), view.py(from), 3.5, "ring");
  }

  private static void dot(Svg svg, View view, double x, double y, String style, String name) {
    svg.circle(view.px(x), view.py(y), 4.5, style);
    svg.text(name, "text class='name' x='%s' y='%s'", view.px(x) + DROP, view.py(y) - DROP);
  }

  private static String subscript(int number) {
    StringBuilder digits = new StringBuilder();
    for (char digit : Integer.toString(number).toCharArray()) {
      digits.append((char) ('₀' + (digit - '0')));
    }
    return digits.toString();
  }
}
