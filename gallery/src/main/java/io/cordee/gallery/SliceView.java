package io.cordee.gallery;

import io.cordee.gallery.analytic.AnalyticFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/**
 * Panels of one direction: the lecture's f along y = 0, where an optimizer that starts on that line
 * stays. What a step is made of is drawn for each round, one of them shown at a time.
 */
final class SliceView {

  private static final double DROP = 6;

  private final TracedPath path;
  private final int poster;
  private final DoubleUnaryOperator f;
  private final Plot plot;

  private SliceView(
      TracedPath path, int poster, DoubleUnaryOperator f, View view, String description) {
    this.path = path;
    this.poster = poster;
    this.f = f;
    this.plot = new Plot(view, description);
    plot.raw(Axes.grid(view));
    plot.curve(f, "curve first");
  }

  /** Newton's parabola at each point, and the step to its lowest point. */
  static Plot parabolas(TracedPath path, int poster) {
    AnalyticFunction function = path.landscape().function();
    SliceView slices =
        new SliceView(
            path,
            poster,
            value(path),
            new View(-1.5, 1.5, -1.35, 0.15, 640, 300, false),
            "Newton's method on a slice of f: from %.3f to %.6f in %d steps"
                .formatted(path.x(0)[0], path.x(path.rounds())[0], path.rounds()));
    slices.start("a₀");
    for (int round = 1; round <= path.rounds(); round++) {
      double a = path.x(round - 1)[0];
      double value = slices.f.applyAsDouble(a);
      double slope = function.gradient(new double[] {a, 0})[0];
      double bend = function.curvature(new double[] {a, 0})[0];
      DoubleUnaryOperator parabola = x -> value + slope * (x - a) + bend * (x - a) * (x - a) / 2;
      slices.plot.beginRound(round, poster);
      slices.plot.curve(parabola, "curve second");
      double lowest = parabola.applyAsDouble(path.x(round)[0]);
      slices.step(round, lowest, "a" + subscript(round - 1), "a" + subscript(round));
    }
    return slices.plot;
  }

  /** The derivative, and the secant through its last two values that Quickprop takes for it. */
  static Plot secants(TracedPath path, int poster) {
    AnalyticFunction function = path.landscape().function();
    DoubleUnaryOperator slope = x -> function.gradient(new double[] {x, 0})[0];
    View view = new View(-1.7, 1.7, -0.9, 0.9, 420, 280, false);
    SliceView slices =
        new SliceView(
            path,
            poster,
            slope,
            view,
            "Quickprop's secant of the derivative in each of %d rounds".formatted(path.rounds()));
    slices.plot.segment(view.left(), 0, view.right(), 0, "tick");
    slices.start("w");
    for (int round = 1; round <= path.rounds(); round++) {
      slices.plot.beginRound(round, poster);
      if (round > 1) {
        double before = path.x(round - 2)[0];
        double w = path.x(round - 1)[0];
        double gBefore = slope.applyAsDouble(before);
        double g = slope.applyAsDouble(w);
        double bend = (g - gBefore) / (w - before);
        slices.plot.curve(x -> g + bend * (x - w), "curve second");
        slices.plot.mark(before, gBefore, 3.5, "ring");
      }
      slices.step(round, 0, "w", "next w");
    }
    return slices.plot;
  }

  /** The points that Quickprop visits, on f itself. */
  static Plot visits(TracedPath path) {
    DoubleUnaryOperator f = value(path);
    double last = path.x(path.rounds())[0];
    View view = new View(-1.7, 1.7, -1.12, 0.12, 420, 280, false);
    Plot plot =
        new SliceView(
                path,
                path.rounds(),
                f,
                view,
                "Quickprop on a slice of f: from %.3f to %.6f in %d rounds"
                    .formatted(path.x(0)[0], last, path.rounds()))
            .plot;
    plot.open("g class='trail'");
    plot.walk(
        path.rounds(),
        round -> view.at(path.x(round)[0], f.applyAsDouble(path.x(round)[0])),
        "walk");
    plot.mark(last, f.applyAsDouble(last), 4.5, "now");
    plot.close();
    return plot;
  }

  private static DoubleUnaryOperator value(TracedPath path) {
    AnalyticFunction function = path.landscape().function();
    return x -> function.value(new double[] {x, 0});
  }

  private void start(String name) {
    plot.beginRound(0, poster);
    dot(path.x(0)[0], "now", name);
    plot.close();
  }

  /**
   * @param expected f after the step, as the optimizer predicts it
   */
  private void step(int round, double expected, String from, String to) {
    double at = path.x(round - 1)[0];
    double next = path.x(round)[0];
    dot(at, "start", from);
    plot.segment(next, expected, next, f.applyAsDouble(next), "drop");
    plot.mark(next, expected, 3.5, "ring");
    boolean hasRoom = Math.abs(plot.view().px(at) - plot.view().px(next)) > 24;
    dot(next, "now", hasRoom ? to : "");
    plot.close();
  }

  private void dot(double x, String style, String name) {
    double y = f.applyAsDouble(x);
    plot.mark(x, y, 4.5, style);
    plot.text(
        name,
        "text class='name' x='%s' y='%s'",
        plot.view().px(x) + DROP,
        plot.view().py(y) - DROP);
  }

  private static String subscript(int number) {
    return Integer.toString(number)
        .chars()
        .mapToObj(digit -> Character.toString('₀' + (digit - '0')))
        .collect(Collectors.joining());
  }
}
