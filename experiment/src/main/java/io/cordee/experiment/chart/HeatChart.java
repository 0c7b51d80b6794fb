package io.cordee.experiment.chart;

import io.cordee.common.svg.Svg;
import io.cordee.experiment.report.HeatMap;
import io.cordee.experiment.report.ReportSource;
import java.util.List;

/** Draws a figure of every combination of two axes, shaded. */
final class HeatChart {

  private static final int COLUMN = 120;
  private static final int ROW = 34;
  private static final int BELOW = 54;
  private static final int LEAST = 460;

  private static final int WORST = 0xf4f7fb;
  private static final int BEST = 0x6aa8dc;

  private HeatChart() {}

  static String svg(HeatMap map, ReportSource source, Paper paper) {
    List<String> axes = List.copyOf(source.axes().keySet());
    int rows = map.rows().size();
    int columns = map.columns().size();
    int letters = map.rows().stream().mapToInt(String::length).max().orElse(0);
    int left = 48 + (int) (letters * Paper.LETTER);
    int top = paper.top();
    int width = paper.width().orElse(Math.max(LEAST, left + COLUMN * columns + Paper.MARGIN));
    int height = paper.height().orElse(top + ROW * rows + BELOW);
    double column = (double) (width - left - Paper.MARGIN) / columns;
    double row = (double) (height - top - BELOW) / rows;
    Svg svg = paper.sheet(source.heading() + ", median " + map.name(), width, height);
    svg.open("g text-anchor='middle'");
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double x = left + c * column;
        double y = top + r * row;
        svg.leaf(
            "rect x='%s' y='%s' width='%s' height='%s' fill='%s' stroke='#fff'",
            x, y, column, row, shade(map.goodness(r, c)));
        svg.text(
            map.texts()[r][c],
            "text x='%s' y='%s' font-size='12' fill='%s'",
            x + column / 2,
            y + row / 2 + 4,
            Paper.INK);
      }
    }
    double foot = top + rows * row;
    for (int c = 0; c < columns; c++) {
      svg.text(map.columns().get(c), "text x='%s' y='%s'", left + (c + 0.5) * column, foot + 18);
    }
    svg.text(
        axes.get(1),
        "text x='%s' y='%s' font-size='12' fill='%s'",
        left + columns * column / 2,
        foot + BELOW - Paper.MARGIN,
        Paper.INK);
    double middle = (top + foot) / 2;
    svg.text(
        axes.get(0),
        "text x='18' y='%s' transform='rotate(-90 18 %s)' font-size='12' fill='%s'",
        middle,
        middle,
        Paper.INK);
    svg.close();
    svg.open("g text-anchor='end'");
    for (int r = 0; r < rows; r++) {
      svg.text(map.rows().get(r), "text x='%s' y='%s'", left - 8, top + (r + 0.5) * row + 4);
    }
    return svg.close().close().toString();
  }

  /** Mixes the colour of a value, from the worst to the best; white where there is none. */
  private static String shade(double good) {
    if (Double.isNaN(good)) {
      return "#ffffff";
    }
    int mixed = 0;
    for (int bits = 16; bits >= 0; bits -= 8) {
      int from = WORST >> bits & 0xff;
      int to = BEST >> bits & 0xff;
      mixed = mixed << 8 | (int) Math.round(from + (to - from) * good);
    }
    return "#%06x".formatted(mixed);
  }
}
