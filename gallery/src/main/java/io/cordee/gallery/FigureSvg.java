package io.cordee.gallery;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A figure as an SVG file that needs nothing beside it, its last round shown. */
final class FigureSvg {

  private static final double GAP = 20;
  private static final double HEADING = 44;
  private static final double TITLE = 42;

  private FigureSvg() {}

  /**
   * @param style of what is drawn, as CSS
   */
  static String of(Figure figure, String style) {
    List<Panel> panels = figure.panels();
    // Panels of other sizes are drawn to that of the first; their proportions are the same.
    View cell = panels.get(0).view();
    int columns = Math.min(figure.columns(), panels.size());
    int rows = (panels.size() + columns - 1) / columns;
    double width = GAP + columns * (cell.width() + GAP);
    double height = HEADING + rows * (TITLE + cell.height() + GAP);
    Svg svg = new Svg();
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "width",
        View.number(width),
        "height",
        View.number(height),
        "viewBox",
        "0 0 " + View.number(width) + " " + View.number(height));
    svg.text("title", figure.title());
    svg.open("style").raw(style).close();
    svg.open("defs").raw(Trails.DOT);
    landscapes(panels).forEach(landscape -> svg.raw(landscape.ground()));
    svg.close();
    svg.leaf("rect", "class", "paper", "width", "100%", "height", "100%");
    svg.text("text", figure.title(), "class", "heading", "x", View.number(GAP), "y", "30");
    for (int i = 0; i < panels.size(); i++) {
      double x = GAP + i % columns * (cell.width() + GAP);
      double y = HEADING + i / columns * (TITLE + cell.height() + GAP);
      panel(panels.get(i), x, y, cell, svg);
    }
    return svg.close().toString();
  }

  private static Set<Landscape> landscapes(List<Panel> panels) {
    Set<Landscape> used = new TreeSet<>();
    panels.forEach(panel -> panel.paths().forEach(path -> used.add(path.landscape())));
    return used;
  }

  private static void panel(Panel panel, double x, double y, View cell, Svg svg) {
    String left = View.number(x);
    svg.text("text", panel.title(), "class", "title", "x", left, "y", View.number(y + 16));
    svg.text("text", panel.note(), "class", "note", "x", left, "y", View.number(y + 33));
    String width = View.number(panel.view().width());
    String height = View.number(panel.view().height());
    svg.open(
        "svg",
        "x",
        left,
        "y",
        View.number(y + TITLE),
        "width",
        View.number(cell.width()),
        "height",
        View.number(cell.height()),
        "viewBox",
        "0 0 " + width + " " + height);
    svg.leaf("rect", "class", "frame", "width", width, "height", height);
    svg.raw(panel.svg()).close();
  }
}
