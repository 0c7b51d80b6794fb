package io.cordee.gallery;

import io.cordee.common.optimizer.Settings;
import java.util.Map;

/** A step size for each direction, round by round. */
final class StepSizeView {

  private static final double WIDTH = 440;
  private static final double HEIGHT = 308;

  private StepSizeView() {}

  static Plot plot(String title, TracedPath path) {
    int rounds = path.rounds();
    View view = new View(0, rounds, 2e-5, 20, WIDTH, HEIGHT, true);
    Plot plot =
        new Plot(
            view,
            "%s on %s over %d rounds, on a logarithmic scale: from %.3g and %.3g in x and y to %.3g and %.3g"
                .formatted(
                    title,
                    path.landscape().name(),
                    rounds,
                    size(path, 0, 0),
                    size(path, 0, 1),
                    size(path, rounds, 0),
                    size(path, rounds, 1)));
    plot.raw(Axes.grid(view));
    line(plot, path, 0, "first");
    line(plot, path, 1, "second");
    plot.text("x", "text class='key first' x='%s' y='18'", WIDTH - 34);
    plot.text("y", "text class='key second' x='%s' y='18'", WIDTH - 18);
    plot.leaf(
        "line class='cursor' x1='%s' x2='%s' y1='0' y2='%s' data-per-round='%s'",
        WIDTH, WIDTH, HEIGHT, Double.toString(WIDTH / rounds));
    return plot;
  }

  private static void line(Plot plot, TracedPath path, int direction, String style) {
    View view = plot.view();
    plot.walk(
        path.rounds(),
        round -> {
          double size = size(path, round, direction);
          return view.at(round, Math.max(view.bottom(), Math.min(view.top(), size)));
        },
        "curve " + style);
  }

  /**
   * Rprop's own η; of RMSprop what it multiplies the derivative by, η₀ / (√v̄ + ε), from the first
   * round on.
   */
  private static double size(TracedPath path, int round, int direction) {
    Map<String, float[]> slots = path.points().get(round).slots();
    if (slots.containsKey("step_size")) {
      return slots.get("step_size")[direction];
    }
    float[] square = path.points().get(Math.max(1, round)).slots().get("mean_square");
    Settings settings = path.optimizer().settings();
    return settings.number("learning_rate")
        / (Math.sqrt(square[direction]) + settings.number("epsilon"));
  }
}
