package io.cordee.experiment.report;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import io.cordee.experiment.run.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * A figure of every combination of two axes.
 *
 * @param name for people
 * @param values [rows][columns]; NaN where some seeds have none
 * @param texts of the values
 * @param isLowBest whether a low value is a good one; such values are shaded by ratio
 */
public record HeatMap(
    String name,
    List<String> rows,
    List<String> columns,
    double[][] values,
    String[][] texts,
    boolean isLowBest) {

  /** All maps; none unless exactly two axes vary. */
  static List<HeatMap> of(ReportSource source) {
    return of(source, source.scales());
  }

  /** As {@link #of}, of what targets take in rounds alone. */
  public static List<HeatMap> ofRounds(ReportSource source) {
    return of(source, List.of(Scale.ROUNDS));
  }

  private static List<HeatMap> of(ReportSource source, List<Scale> scales) {
    if (source.axes().size() != 2) {
      return List.of();
    }
    List<HeatMap> maps = new ArrayList<>();
    maps.add(
        map(
            source,
            "test accuracy at the end",
            g -> g.spread(run -> run.metrics().last(Measure.TEST_ACCURACY)),
            Figures::plain,
            false));
    maps.add(
        map(
            source,
            "best test accuracy of all rounds",
            g -> g.spread(run -> run.metrics().bestTestAccuracy()),
            Figures::plain,
            false));
    maps.add(
        map(
            source,
            "loss at the end",
            g -> g.spread(run -> run.metrics().last(Measure.LOSS)),
            Figures::loss,
            true));
    for (Target target : source.targets()) {
      for (Scale scale : scales) {
        maps.add(
            map(
                source,
                scale.title().toLowerCase(Locale.ROOT) + " to " + target.title(),
                g -> ResultTables.spread(g, target, scale),
                value -> Figures.cost(scale, value),
                true));
      }
    }
    return maps.stream().filter(HeatMap::hasValues).toList();
  }

  private static HeatMap map(
      ReportSource source,
      String name,
      Function<Group, Optional<Spread>> figure,
      DoubleFunction<String> format,
      boolean isLowBest) {
    Map<String, List<String>> axes = source.axes();
    List<String> names = List.copyOf(axes.keySet());
    List<String> rows = axes.get(names.get(0));
    List<String> columns = axes.get(names.get(1));
    double[][] values = new double[rows.size()][columns.size()];
    String[][] texts = new String[rows.size()][columns.size()];
    for (double[] row : values) {
      Arrays.fill(row, Double.NaN);
    }
    for (String[] row : texts) {
      Arrays.fill(row, "–");
    }
    for (Group group : source.groups()) {
      int row = rows.indexOf(group.settings().getOrDefault(names.get(0), ""));
      int column = columns.indexOf(group.settings().getOrDefault(names.get(1), ""));
      figure
          .apply(group)
          .ifPresent(
              spread -> {
                // What some seeds have not come to is no value to hold others against.
                if (ResultTables.isOfAll(spread, group)) {
                  values[row][column] = spread.median();
                }
                texts[row][column] =
                    format.apply(spread.median()) + ResultTables.some(spread, group);
              });
    }
    return new HeatMap(name, rows, columns, values, texts, isLowBest);
  }

  private boolean hasValues() {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).anyMatch(Double::isFinite);
  }

  /** From 0, the worst that there is, to 1, the best; NaN where there is no value. */
  public double goodness(int row, int column) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray()) {
      if (Double.isFinite(value)) {
        low = Math.min(low, shade(value));
        high = Math.max(high, shade(value));
      }
    }
    double share = high > low ? (shade(values[row][column]) - low) / (high - low) : 1;
    return Double.isNaN(values[row][column])
        ? Double.NaN
        : isLowBest && high > low ? 1 - share : share;
  }

  private double shade(double value) {
    return isLowBest ? Math.log10(Math.max(value, 1e-12)) : value;
  }

  /** As a table in HTML, shaded. */
  String html() {
    StringBuilder html = new StringBuilder("<div data-heat=\"" + Html.text(name) + "\">");
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(columns);
    html.append(ResultTables.open("Median " + name, head, 1));
    for (int r = 0; r < rows.size(); r++) {
      html.append("<tr><th scope=\"row\">").append(Html.text(rows.get(r))).append("</th>");
      for (int c = 0; c < columns.size(); c++) {
        double good = goodness(r, c);
        html.append(
            Double.isNaN(good)
                ? "<td class=\"n none\">" + Html.text(texts[r][c]) + "</td>"
                : String.format(
                    Locale.ROOT,
                    "<td class=\"n heat%s\" style=\"--v:%.0f%%\">%s</td>",
                    good > 0.55 ? " deep" : "",
                    100 * good,
                    Html.text(texts[r][c])));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div></div>\n").toString();
  }
}
