package io.cordee.gallery;

import io.cordee.common.svg.Svg;

/** The lecture's pictures of a path: contours, the steps, and where the optimizer stands. */
final class Trails {

  static final String DOT =
      new Svg()
          .open(
              "marker id='dot' viewBox='-2 -2 4 4' markerWidth='4' markerHeight='4' markerUnits='userSpaceOnUse'")
          .leaf("circle class='dot' r='1.9'")
          .close()
          .toString();

  private Trails() {}

  static Plot plot(String title, TracedPath path) {
    Landscape landscape = path.landscape();
    View view = landscape.view();
    float[] start = path.x(0);
    float[] end = path.x(path.rounds());
    Plot plot =
        new Plot(
            view,
            "%s on %s from (%s, %s): after %d rounds at (%.3f, %.3f), f = %.4g"
                .formatted(
                    title,
                    landscape.name(),
                    start[0],
                    start[1],
                    path.rounds(),
                    end[0],
                    end[1],
                    path.points().get(path.rounds()).f()));
    plot.leaf(
        "use href='#%s' width='%s' height='%s'", landscape.groundId(), view.width(), view.height());
    plot.open("g class='trail'");
    plot.walk(path.rounds(), round -> view.at(path.x(round)[0], path.x(round)[1]), "walk");
    plot.mark(start[0], start[1], 3.5, "start");
    plot.mark(end[0], end[1], 4.5, "now");
    plot.close();
    return plot;
  }
}
