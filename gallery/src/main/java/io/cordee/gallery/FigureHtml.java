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
        "figure",
        "class",
        "player",
        "id",
        figure.id(),
        "data-rounds",
        Integer.toString(figure.rounds()),
        "data-poster",
        Integer.toString(figure.poster()));
    html.open("div", "class", "panels columns-" + figure.columns());
    figure.panels().forEach(panel -> panel(panel, numbers, html));
    html.close();
    controls(figure, html);
    html.open("figcaption").raw(figure.caption());
    commands(figure, html);
    return html.close().close().toString();
  }

  private static void panel(Panel panel, PathNumbers numbers, Svg html) {
    html.open("div", "class", "panel");
    html.text("h4", panel.title()).text("p", panel.note(), "class", "note");
    html.open(
        "svg",
        "viewBox",
        "0 0 " + View.number(panel.view().width()) + " " + View.number(panel.view().height()),
        "role",
        "img",
        "aria-label",
        panel.description());
    html.raw(panel.svg()).close();
    for (TracedPath path : panel.paths()) {
      String number = Integer.toString(numbers.indexOf(path));
      html.text("p", "", "class", "readout", "data-path", number);
    }
    html.close();
  }

  private static void controls(Figure figure, Svg html) {
    String last = Integer.toString(figure.rounds());
    html.open("div", "class", "controls");
    html.text("button", "Play", "type", "button", "class", "play");
    html.leaf(
        "input",
        "type",
        "range",
        "min",
        "0",
        "max",
        last,
        "value",
        last,
        "aria-label",
        "Round of " + figure.title());
    html.text("output", "round " + last);
    html.close();
  }

  private static void commands(Figure figure, Svg html) {
    List<TracedPath> paths = figure.panels().stream().flatMap(p -> p.paths().stream()).toList();
    html.open("details").text("summary", "The same numbers from the command line");
    html.open("pre");
    for (TracedPath path : paths) {
      html.text("code", "cordee " + String.join(" ", path.command())).raw("\n");
    }
    html.close().close();
  }
}
