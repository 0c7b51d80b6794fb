package io.cordee.gallery;

import io.cordee.common.svg.Svg;
import java.util.List;

/** A figure as a self-contained SVG file that shows its poster. */
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
    String title = figure.exhibit().title();
    // Panels of other sizes are drawn to that of the first; their proportions are the same.
    View cell = panels.get(0).plot().view();
    int columns = Math.min(figure.exhibit().columns(), panels.size());
    int rows = (panels.size() + columns - 1) / columns;
    double width = GAP + columns * (cell.width() + GAP);
    double height = HEADING + rows * (TITLE + cell.height() + GAP);
    Svg svg = new Svg();
    svg.open(
        "svg xmlns='http://www.w3.org/2000/svg' width='%s' height='%s' viewBox='0 0 %s %s'",
        width, height, width, height);
    svg.text(title, "title");
    svg.open("style").raw(style).close();
    svg.open("defs").raw(Trails.DOT).raw(figure.landscape().ground()).close();
    svg.leaf("rect class='paper' width='100%%' height='100%%'");
    svg.text(title, "text class='heading' x='%s' y='30'", GAP);
    for (int i = 0; i < panels.size(); i++) {
      double x = GAP + i % columns * (cell.width() + GAP);
      double y = HEADING + i / columns * (TITLE + cell.height() + GAP);
      panel(panels.get(i), x, y, cell, svg);
    }
    return svg.close().toString();
  }

  private static void panel(Panel panel, double x, double y, View cell, Svg svg) {
    svg.text(panel.shown().title(), "text class='title' x='%s' y='%s'", x, y + 16);
    svg.text(panel.shown().note(), "text class='note' x='%s' y='%s'", x, y + 33);
    double width = panel.plot().view().width();
    double height = panel.plot().view().height();
    svg.open(
        "svg x='%s' y='%s' width='%s' height='%s' viewBox='0 0 %s %s'",
        x, y + TITLE, cell.width(), cell.height(), width, height);
    svg.leaf("rect class='frame' width='%s' height='%s'", width, height);
    svg.raw(panel.plot().toString()).close();
  }
}
