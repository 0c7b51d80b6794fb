package io.cordee.gallery;

import io.cordee.common.svg.Svg;

/** A figure as HTML: its panels as inline SVG, and what it is played with. */
final class FigureHtml {

  private FigureHtml() {}

  /**
   * @param firstPath where the figure's paths begin among the numbers of the page
   */
  static String of(Figure figure, int firstPath) {
    Exhibit exhibit = figure.exhibit();
    Svg html = new Svg();
    html.open(
        "figure class='player' id='%s' data-rounds='%s' data-poster='%s'",
        exhibit.id(), exhibit.rounds(), exhibit.poster());
    html.open("div class='panels columns-%s'", exhibit.columns());
    int number = firstPath;
    for (Panel panel : figure.panels()) {
      html.open("div class='panel'");
      html.text(panel.shown().title(), "h4").text(panel.shown().note(), "p class='note'");
      View view = panel.plot().view();
      html.open(
          "svg viewBox='0 0 %s %s' role='img' aria-label='%s'",
          view.width(), view.height(), panel.plot().description());
      html.raw(panel.plot().toString()).close();
      if (panel.isRead()) {
        html.text("", "p class='readout' data-path='%s'", number++);
      }
      html.close();
    }
    html.close();
    controls(exhibit, html);
    html.open("figcaption").raw(exhibit.caption());
    commands(figure, html);
    return html.close().close().toString();
  }

  private static void controls(Exhibit exhibit, Svg html) {
    int last = exhibit.rounds();
    html.open("div class='controls'");
    html.text("Play", "button type='button' class='play'");
    html.leaf(
        "input type='range' min='0' max='%s' value='%s' aria-label='Round of %s'",
        last, last, exhibit.title());
    html.text("round " + last, "output");
    html.close();
  }

  private static void commands(Figure figure, Svg html) {
    html.open("details").text("The same numbers from the command line", "summary");
    html.open("pre");
    for (TracedPath path : figure.paths()) {
      html.text("cordee " + String.join(" ", path.command()), "code").raw("\n");
    }
    html.close().close();
  }
}
