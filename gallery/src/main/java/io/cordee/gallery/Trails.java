package io.cordee.gallery;

import java.util.ArrayList;
import java.util.List;

/** Panels with contours and the way of a rule upon them. */
final class Trails {

  /** What marks the rounds on a path. */
  static final String DOT =
      new Svg()
          .open(
              "marker id='dot' viewBox='-2 -2 4 4' markerWidth='4' markerHeight='4' markerUnits='userSpaceOnUse'")
          .leaf("circle class='dot' r='1.9'")
          .close()
          .toString();

  private Trails() {}

  /** The deck's pictures of a path: contours, the steps, and where the rule stands. */
  static Panel panel(String title, String note, TracedPath path) {
    return panel(title, note, path, "");
  }

  /**
   * @param above what is drawn above the path
   */
  static Panel panel(String title, String note, TracedPath path, String above) {
    View view = path.landscape().view();
    Svg svg = new Svg();
    String ground = path.landscape().groundId();
    svg.leaf("use href='#%s' width='%s' height='%s'", ground, view.width(), view.height());
    svg.raw(trail(path, view));
    svg.raw(above);
    float[] end = path.x(path.rounds());
    String description =
        "%s on %s from (%s, %s): after %d rounds at (%.3f, %.3f), f = %.4g"
            .formatted(
                title,
                path.landscape().function().name(),
                path.start()[0],
                path.start()[1],
                path.rounds(),
                end[0],
                end[1],
                path.sights().get(path.rounds()).point().f());
    return new Panel(title, note, description, view, svg.toString(), List.of(path));
  }

  private static String trail(TracedPath path, View view) {
    List<String> points = new ArrayList<>();
    for (int round = 0; round <= path.rounds(); round++) {
      points.add(view.at(path.x(round)[0], path.x(round)[1]));
    }
    float[] start = path.x(0);
    float[] end = path.x(path.rounds());
    return new Svg()
        .open("g class='trail'")
        .leaf("polyline class='walk' points='%s'", String.join(" ", points))
        .circle(view.px(start[0]), view.py(start[1]), 3.5, "start")
        .circle(view.px(end[0]), view.py(end[1]), 4.5, "now")
        .close()
        .toString();
  }
}
