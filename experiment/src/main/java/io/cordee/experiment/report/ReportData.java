package io.cordee.experiment.report;

import com.google.gson.Gson;
import io.cordee.common.job.Best;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What the charts of a report are drawn from; as the names of its JSON. */
record ReportData(
    List<String> scales,
    Map<String, List<String>> axes,
    Map<String, ReportData.Title> measures,
    List<ReportData.Line> groups) {

  /** In the order of a choice; by which a curve is found, the first is shown first. */
  private static final List<Measure> ORDER =
      Stream.concat(
              Stream.of(
                  Measure.TEST_ACCURACY,
                  Measure.TRAIN_ACCURACY,
                  Measure.VALIDATION_ACCURACY,
                  Measure.VALIDATION_LOSS,
                  Measure.TEST_LOSS),
              Measure.all().stream().filter(measure -> !measure.isOfEveryJob()))
          .toList();

  /** What a curve shows, besides the loss. */
  record Title(String title, String kind) {
    static Title of(Measure measure) {
      return new Title(measure.title(), measure.kind().name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * @param about it, to be searched
   * @param bytes at the start and per round; empty if they are not known
   * @param best the rounds of its runs' best weights, where they are monitored
   * @param baseline of a single run: what needs no model, by measure, the score that tells most
   *     first
   * @param ends what the tables have of the end, by measure
   * @param curves by measure; none that was not measured
   */
  record Line(
      String label,
      String about,
      Map<String, String> settings,
      int color,
      int dash,
      long rows,
      List<Long> bytes,
      Map<String, String> ends,
      Map<String, Points> curves,
      List<Integer> best,
      Map<String, Double> baseline) {}

  /** Rounds, seconds, medians, and the ends of the spread: null, so left out, for a single run. */
  record Points(List<Integer> r, List<Double> s, List<Double> m, List<Double> lo, List<Double> hi) {

    static Points of(Group group, Measure measure) {
      List<GroupCurve.Point> points = GroupCurve.of(group, measure).points();
      boolean hasSpread = group.runs().size() > 1;
      return new Points(
          points.stream().map(GroupCurve.Point::round).toList(),
          shown(points, GroupCurve.Point::seconds),
          shown(points, point -> point.spread().median()),
          hasSpread ? shown(points, point -> point.spread().low()) : null,
          hasSpread ? shown(points, point -> point.spread().high()) : null);
    }

    private static List<Double> shown(
        List<GroupCurve.Point> points, ToDoubleFunction<GroupCurve.Point> number) {
      return points.stream().map(point -> NumberText.shown(number.applyAsDouble(point))).toList();
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
    Map<String, Title> measures = new LinkedHashMap<>();
    ORDER.stream()
        .filter(it -> lines.stream().anyMatch(line -> line.curves().containsKey(it.column())))
        .forEach(it -> measures.put(it.column(), Title.of(it)));
    // Gson writes <, > and & as escapes unless it is told otherwise.
    return new Gson().toJson(new ReportData(scales, source.axes(), measures, lines));
  }

  private static Line line(Group group, String label, Look look) {
    Run first = group.runs().get(0);
    return new Line(
        label,
        String.join(
            " ", first.job().name(), first.job().optimizer().name(), SettingTables.end(first)),
        group.settings(),
        look.color(),
        look.dash(),
        first.rowsPerRound().orElse(0),
        first.bytes().map(bytes -> List.of(bytes.start(), bytes.perRound())).orElse(List.of()),
        ends(group),
        curves(group),
        group.runs().stream().flatMap(run -> run.best().stream()).map(Best::round).toList(),
        group.runs().size() == 1 ? baseline(first) : Map.of());
  }

  private static Map<String, Double> baseline(Run run) {
    String rows = run.job().data().hasTest() ? "test_" : "validation_";
    Map<String, Double> baseline = new LinkedHashMap<>();
    EvaluationTables.of(run)
        .ifPresent(
            found ->
                found
                    .baseline()
                    .forEach((key, value) -> baseline.put(rows + key, NumberText.shown(value))));
    return baseline;
  }

  private static Map<String, Points> curves(Group group) {
    Map<String, Points> curves = new LinkedHashMap<>();
    for (Measure measure : Measure.all()) {
      Points points = Points.of(group, measure);
      if (!points.r().isEmpty() || measure == Measure.LOSS) {
        curves.put(measure.column(), points);
      }
    }
    return curves;
  }

  private static Map<String, String> ends(Group group) {
    Map<String, String> ends = new LinkedHashMap<>();
    for (Measure measure : Measure.all()) {
      boolean isLoss = measure.kind() == Metric.Kind.LOSS;
      ends.put(
          measure.column(), end(group, measure, isLoss ? NumberText::loss : NumberText::plain));
    }
    ends.put("test_error", end(group, Measure.TEST_ACCURACY, a -> NumberText.plain(1 - a)));
    return ends;
  }

  private static String end(Group group, Measure measure, DoubleFunction<String> format) {
    return group
        .spread(run -> run.metrics().last(measure))
        .map(spread -> format.apply(spread.median()))
        .orElse("–");
  }
}
