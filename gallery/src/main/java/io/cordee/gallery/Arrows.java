package io.cordee.gallery;

import io.cordee.gallery.analytic.Trace;

/**
 * What a step of momentum's or Nesterov's is made of: βΔw, the previous step carried on, and the
 * gradient step, taken at w by the one and at ŵ = w + βΔw by the other.
 */
final class Arrows {

  private final TracedPath path;
  private final View view;
  private final float β;
  private final int poster;

  private Arrows(TracedPath path, float β, int poster) {
    this.path = path;
    this.poster = poster;
    this.view = path.landscape().view();
    this.β = β;
  }

  static Panel panel(String title, String note, TracedPath path, float β, int poster) {
    return Trails.panel(title, note, path, new Arrows(path, β, poster).draw());
  }

  private String draw() {
    Svg svg = new Svg();
    for (int round = 0; round <= path.rounds(); round++) {
      Slices.beginRound(svg, round, poster);
      if (round > 0) {
        step(svg, path.sights().get(round - 1), path.sights().get(round));
      }
      svg.close();
    }
    return svg.toString();
  }

  private void step(Svg svg, Trace.Sight before, Trace.Sight after) {
    float[] w = before.point().x();
    float[] Δ = before.slots().get("step");
    float[] next = after.slots().get("step");
    double carriedX = w[0] + (double) β * Δ[0];
    double carriedY = w[1] + (double) β * Δ[1];
    // The gradient step is what the new step has beside the carried one, wherever it was taken.
    double gradientX = next[0] - (double) β * Δ[0];
    double gradientY = next[1] - (double) β * Δ[1];
    float[] taken = before.evaluationPoint();
    arrow(svg, w[0], w[1], carriedX, carriedY, "carried");
    arrow(svg, taken[0], taken[1], taken[0] + gradientX, taken[1] + gradientY, "slope");
    arrow(svg, w[0], w[1], after.point().x()[0], after.point().x()[1], "whole");
    svg.circle(view.px(taken[0]), view.py(taken[1]), 5, "ring");
  }

  /** With a head that is as large as the arrow allows. */
  private void arrow(Svg svg, double x1, double y1, double x2, double y2, String style) {
    double fromX = view.px(x1);
    double fromY = view.py(y1);
    double toX = view.px(x2);
    double toY = view.py(y2);
    double length = Math.hypot(toX - fromX, toY - fromY);
    svg.line(fromX, fromY, toX, toY, "arrow " + style);
    if (length < 3) {
      return;
    }
    double head = Math.min(8, length / 2);
    double unitX = (toX - fromX) / length * head;
    double unitY = (toY - fromY) / length * head;
    svg.leaf(
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
