package io.cordee.gallery;

import java.util.List;

/** A figure as HTML: its panels as inline SVG, and what it is played with. */
final class FigureHtml {

  private FigureHtml() {}

  /**
   * @param numbers the paths of the page: where a panel's path is among them
   */
  static String of(Figure figure, PathNumbers numbers) {
    Svg html = new Svg();
    html.open(
        "figure class='player' id='%s' data-rounds='%s' data-poster='%s'",
        figure.id(), figure.rounds(), figure.poster());
    html.open("div class='panels columns-%s'", figure.columns());
    figure.panels().forEach(panel -> panel(panel, numbers, html));
    html.close();
    controls(figure, html);
    html.open("figcaption").raw(figure.caption());
    commands(figure, html);
    return html.close().close().toString();
  }

  private static void panel(Panel panel, PathNumbers numbers, Svg html) {
    html.open("div class='panel'");
    html.text(panel.title(), "h4").text(panel.note(), "p class='note'");
    html.open(
        "svg viewBox='0 0 %s %s' role='img' aria-label='%s'",
        panel.view().width(), panel.view().height(), panel.description());
    html.raw(panel.svg()).close();
    for (TracedPath path : panel.paths()) {
      html.text("", "p class='readout' data-path='%s'", numbers.indexOf(path));
    }
    html.close();
  }

  private static void controls(Figure figure, Svg html) {
    int last = figure.rounds();
    html.open("div class='controls'");
    html.text("Play", "button type='button' class='play'");
    html.leaf(
        "input type='range' min='0' max='%s' value='%s' aria-label='Round of %s'",
        last, last, figure.title());
    html.text("round " + last, "output");
    html.close();
  }

  private static void commands(Figure figure, Svg html) {
    List<TracedPath> paths = figure.panels().stream().flatMap(p -> p.paths().stream()).toList();
    html.open("details").text("The same numbers from the command line", "summary");
    html.open("pre");
    for (TracedPath path : paths) {
      html.text("cordee " + String.join(" ", path.command()), "code").raw("\n");
    }
    html.close().close();
  }
}
