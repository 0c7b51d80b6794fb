package io.cordee.gallery;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Panels with a step size for each direction, round by round. */
final class StepSizes {

  private static final double WIDTH = 440;
  private static final double HEIGHT = 308;

  private StepSizes() {}

  /** Rprop's own η, one per direction. */
  static Panel rprop(TracedPath path) {
    return panel(
        "Rprop: η per direction",
        path,
        (round, i) -> path.sights().get(round).slots().get("step_size")[i]);
  }

  /** What RMSprop multiplies the derivative by, η₀ / (√v̄ + ε): from the first round on. */
  static Panel rmsprop(TracedPath path, double η, double ε) {
    return panel(
        "RMSprop: η₀ / (√v̄ + ε) per direction",
        path,
        (round, i) ->
            η
                / (Math.sqrt(path.sights().get(Math.max(1, round)).slots().get("mean_square")[i])
                    + ε));
  }

  private interface Size {
    double of(int round, int direction);
  }

  private static Panel panel(String title, TracedPath path, Size size) {
    int rounds = path.rounds();
    View view = new View(0, rounds, 2e-5, 20, WIDTH, HEIGHT, true);
    Svg svg = new Svg();
    svg.raw(Axes.grid(view));
    svg.raw(line(rounds, round -> size.of(round, 0), view, "first"));
    svg.raw(line(rounds, round -> size.of(round, 1), view, "second"));
    svg.text("x", "text class='key first' x='%s' y='18'", WIDTH - 34);
    svg.text("y", "text class='key second' x='%s' y='18'", WIDTH - 18);
    svg.leaf(
        "line class='cursor' x1='%s' x2='%s' y1='0' y2='%s' data-per-round='%s'",
        view.width(), view.width(), view.height(), Double.toString(view.width() / rounds));
    String description =
        "%s on %s over %d rounds, on a logarithmic scale: from %.3g and %.3g in x and y to %.3g and %.3g"
            .formatted(
                title,
                path.landscape().function().name(),
                rounds,
                size.of(0, 0),
                size.of(0, 1),
                size.of(rounds, 0),
                size.of(rounds, 1));
    return new Panel(
        title, "x solid, y dashed; logarithmic", description, view, svg.toString(), List.of());
  }

  private static String line(int rounds, IntToDoubleFunction size, View view, String style) {
    List<String> points = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double clamped = Math.max(view.bottom(), Math.min(view.top(), size.applyAsDouble(round)));
      points.add(view.at(round, clamped));
    }
    return new Svg()
        .leaf("polyline class='curve %s' points='%s'", style, String.join(" ", points))
        .toString();
  }
}
