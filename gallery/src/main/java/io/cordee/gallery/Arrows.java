package io.cordee.gallery;

import io.cordee.gallery.analytic.Trace;

/**
 * What a step of momentum's or Nesterov's is made of: βΔw, the previous step carried on, and the
 * gradient step, taken at w by the one and at ŵ = w + βΔw by the other.
 */
final class Arrows {

  private Arrows() {}

  static Plot plot(String title, TracedPath path, int poster) {
    Plot plot = Trails.plot(title, path);
    double β = path.optimizer().settings().single("beta");
    for (int round = 0; round <= path.rounds(); round++) {
      plot.beginRound(round, poster);
      if (round > 0) {
        step(plot, path.points().get(round - 1), path.points().get(round), β);
      }
      plot.close();
    }
    return plot;
  }

  private static void step(Plot plot, Trace.Point before, Trace.Point after, double β) {
    float[] w = before.x();
    float[] Δ = before.slots().get("step");
    float[] next = after.slots().get("step");
    float[] taken = before.lookaheadPoint();
    arrow(plot, w, β * Δ[0], β * Δ[1], "carried");
    // The gradient step is what the new step has beside the carried one, wherever it was taken.
    arrow(plot, taken, next[0] - β * Δ[0], next[1] - β * Δ[1], "slope");
    arrow(plot, w, after.x()[0] - (double) w[0], after.x()[1] - (double) w[1], "whole");
    plot.mark(taken[0], taken[1], 5, "ring");
  }

  private static void arrow(Plot plot, float[] from, double x, double y, String style) {
    double fromX = plot.view().px(from[0]);
    double fromY = plot.view().py(from[1]);
    double toX = plot.view().px(from[0] + x);
    double toY = plot.view().py(from[1] + y);
    double length = Math.hypot(toX - fromX, toY - fromY);
    plot.line(fromX, fromY, toX, toY, "arrow " + style);
    if (length < 3) {
      return;
    }
    double head = Math.min(8, length / 2);
    double unitX = (toX - fromX) / length * head;
    double unitY = (toY - fromY) / length * head;
    plot.leaf(
        "path class='head %s' d='M%s,%sL%s,%sL%s,%sZ'",
        style,
        toX,
        toY,
        toX - unitX - unitY * 0.45,
        toY - unitY + unitX * 0.45,
        toX - unitX + unitY * 0.45,
        toY - unitY - unitX * 0.45);
  }
}
