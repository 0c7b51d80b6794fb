package io.cordee.experiment.report;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import io.cordee.experiment.run.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A figure of every combination of two axes.
 *
 * @param name for people
 * @param values [rows][columns]; NaN where some seeds have none
 * @param isLowBest whether a low value is a good one; such values are shaded by ratio
 */
public record HeatMap(
    String name,
    List<String> rows,
    List<String> columns,
    double[][] values,
    String[][] texts,
    boolean isLowBest) {

  /** None unless exactly two axes vary; {@code scales} are what targets take. */
  public static List<HeatMap> of(ReportSource source, List<Scale> scales) {
    if (source.axes().size() != 2) {
      return List.of();
    }
    List<HeatMap> maps = new ArrayList<>();
    for (RunResult result :
        List.of(RunResult.TEST_ACCURACY, RunResult.BEST_TEST_ACCURACY, RunResult.LOSS)) {
      maps.add(map(source, result.title(), result::of, result::text, result == RunResult.LOSS));
    }
    for (Target target : source.targets()) {
      for (Scale scale : scales) {
        maps.add(
            map(
                source,
                scale.title().toLowerCase(Locale.ROOT) + " to " + target.title(),
                g -> ResultTables.spread(g, target, scale),
                value -> NumberText.cost(scale, value),
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
    for (int row = 0; row < rows.size(); row++) {
      Arrays.fill(values[row], Double.NaN);
      Arrays.fill(texts[row], "–");
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
    DoubleSummaryStatistics all =
        Arrays.stream(values)
            .flatMapToDouble(Arrays::stream)
            .filter(Double::isFinite)
            .map(this::shade)
            .summaryStatistics();
    double range = all.getMax() - all.getMin();
    double share = range > 0 ? (shade(values[row][column]) - all.getMin()) / range : 1;
    return Double.isNaN(values[row][column])
        ? Double.NaN
        : isLowBest && range > 0 ? 1 - share : share;
  }

  private double shade(double value) {
    return isLowBest ? Math.log10(Math.max(value, 1e-12)) : value;
  }

  String html() {
    Table<Integer> table = new Table<Integer>().names("", rows::get);
    for (int c = 0; c < columns.size(); c++) {
      int column = c;
      table.cells(columns.get(c), row -> cell(row, column));
    }
    return "<div data-heat=\"%s\">%s</div>\n"
        .formatted(
            Html.text(name),
            table
                .html("Median " + name, IntStream.range(0, rows.size()).boxed().toList())
                .stripTrailing());
  }

  private TableCell cell(int row, int column) {
    double good = goodness(row, column);
    TableCell cell = TableCell.of(texts[row][column]);
    return Double.isNaN(good) ? cell.none() : cell.shaded(good, 0.55);
  }
}
