package io.cordee.experiment.chart;

import io.cordee.common.svg.Svg;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The sheet that a chart is drawn on.
 *
 * @param width in points; empty for the chart's own width, like the height
 * @param font the family of all text; a viewer that lacks it shows a sans-serif font
 * @param title empty for the title of the report; an empty text for none
 */
public record Paper(
    OptionalInt width, OptionalInt height, Optional<String> font, Optional<String> title) {

  public static final Paper SCREEN =
      new Paper(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());

  static final int MARGIN = 12;
  static final String INK = "#1d2129";
  static final String SOFT = "#5d6673";
  static final String GRID = "#e4e6e9";

  /** About the width of a letter of 11 points. */
  static final double LETTER = 6.4;

  /** Returns a white sheet with its title; the caller closes it. */
  Svg sheet(String heading, int width, int height) {
    Svg svg =
        new Svg()
            .open(
                "svg xmlns='http://www.w3.org/2000/svg' width='%s' height='%s' viewBox='0 0 %s %s' font-family='%s' font-size='11' fill='%s'",
                width, height, width, height, families(), SOFT)
            .leaf("rect width='%s' height='%s' fill='#fff'", width, height);
    String shown = title.orElse(heading);
    return shown.isEmpty()
        ? svg
        : svg.text(
            shown, "text x='%s' y='26' font-size='14' font-weight='bold' fill='%s'", MARGIN, INK);
  }

  /** Returns the height of the title. */
  int top() {
    return title.map(String::isEmpty).orElse(false) ? MARGIN : 44;
  }

  private String families() {
    return font.map(family -> "'" + family.replace("'", "") + "', ").orElse("")
        + "DejaVu Sans, Verdana, sans-serif";
  }
}
