package io.cordee.experiment.report;

import com.google.gson.Gson;
import io.cordee.common.job.Best;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** What the charts of a report are drawn from; as the names of its JSON. */
record ReportData(
    List<String> scales, Map<String, List<String>> axes, List<ReportData.Line> groups) {

  /**
   * A group.
   *
   * @param bytes at the start and per round; empty if they are not known
   * @param best the rounds of its runs' best weights, where they are monitored
   * @param ends what the tables have of the end, by what the charts call it
   */
  record Line(
      String label,
      Map<String, String> settings,
      int color,
      int dash,
      long rows,
      List<Long> bytes,
      Map<String, String> ends,
      Points loss,
      Points train,
      Points test,
      Points validation,
      Points testLoss,
      Points validationLoss,
      List<Integer> best) {}

  /**
   * A curve: rounds, seconds, medians, and the ends of the spread where there are several runs;
   * else null, which is left out.
   */
  record Points(List<Integer> r, List<Double> s, List<Double> m, List<Double> lo, List<Double> hi) {

    static Points of(Group group, Measure measure) {
      List<Curve.Point> points = Curve.of(group, measure).points();
      boolean hasSpread = group.runs().size() > 1;
      return new Points(
          points.stream().map(Curve.Point::round).toList(),
          shown(points, Curve.Point::seconds),
          shown(points, point -> point.spread().median()),
          hasSpread ? shown(points, point -> point.spread().low()) : null,
          hasSpread ? shown(points, point -> point.spread().high()) : null);
    }

    private static List<Double> shown(
        List<Curve.Point> points, ToDoubleFunction<Curve.Point> number) {
      return points.stream().map(point -> Figures.shown(number.applyAsDouble(point))).toList();
    }
  }

  /** JSON that is safe to stand in HTML. */
  static String of(ReportSource source) {
    List<Look> looks = Look.of(source);
    List<Line> lines = new ArrayList<>();
    for (Group group : source.groups()) {
      lines.add(line(group, source.label(group), looks.get(lines.size())));
    }
    List<String> scales =
        source.scales().stream().map(scale -> scale.name().toLowerCase(Locale.ROOT)).toList();
    // Gson writes <, > and & as escapes unless it is told otherwise.
    return new Gson().toJson(new ReportData(scales, source.axes(), lines));
  }

  private static Line line(Group group, String label, Look look) {
    Run first = group.runs().get(0);
    return new Line(
        label,
        group.settings(),
        look.color(),
        look.dash(),
        first.rowsPerRound().orElse(0),
        first.bytes().map(bytes -> List.of(bytes.start(), bytes.perRound())).orElse(List.of()),
        ends(group),
        Points.of(group, Measure.LOSS),
        Points.of(group, Measure.TRAIN_ACCURACY),
        Points.of(group, Measure.TEST_ACCURACY),
        Points.of(group, Measure.VALIDATION_ACCURACY),
        Points.of(group, Measure.TEST_LOSS),
        Points.of(group, Measure.VALIDATION_LOSS),
        group.runs().stream().flatMap(run -> run.best().stream()).map(Best::round).toList());
  }

  private static Map<String, String> ends(Group group) {
    Map<String, String> ends = new LinkedHashMap<>();
    ends.put("loss", end(group, Measure.LOSS, Figures::loss));
    ends.put("train", end(group, Measure.TRAIN_ACCURACY, Figures::plain));
    ends.put("test", end(group, Measure.TEST_ACCURACY, Figures::plain));
    ends.put("validation", end(group, Measure.VALIDATION_ACCURACY, Figures::plain));
    ends.put("testLoss", end(group, Measure.TEST_LOSS, Figures::loss));
    ends.put("validationLoss", end(group, Measure.VALIDATION_LOSS, Figures::loss));
    ends.put("test-error", end(group, Measure.TEST_ACCURACY, a -> Figures.plain(1 - a)));
    return ends;
  }

  private static String end(Group group, Measure measure, DoubleFunction<String> format) {
    return group
        .spread(run -> run.metrics().last(measure))
        .map(spread -> format.apply(spread.median()))
        .orElse("–");
  }
}
