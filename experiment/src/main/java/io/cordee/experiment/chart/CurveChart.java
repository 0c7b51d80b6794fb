package io.cordee.experiment.chart;

import static java.util.stream.Collectors.joining;

import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.common.svg.Axis;
import io.cordee.common.svg.Axis.Mark;
import io.cordee.common.svg.Svg;
import io.cordee.common.svg.Unit;
import io.cordee.experiment.report.GroupCurve;
import io.cordee.experiment.report.Look;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Draws the curves of all groups on one scale: medians, and bands around them. */
final class CurveChart {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 460;
  private static final int LEFT = 76;
  private static final int BELOW = 48;

  /** The colours and dashes of the report. */
  private static final List<String> COLORS =
      List.of(
          "#0072b2", "#d55e00", "#00896a", "#b8509b", "#d18f00", "#3aa0d8", "#7a7a00", "#4a4f57");

  private static final List<String> DASHES = List.of("none", "7 4", "2 3", "10 3 2 3", "4 2");

  /** A dash of each of several curves that coincide. */
  private static final int TURN = 8;

  private record Point(double x, double median, double low, double high) {}

  private record Curve(String label, Look look, List<Point> points) {

    String color() {
      return COLORS.get(look.color());
    }
  }

  private final Measure measure;
  private final Scale scale;
  private final boolean isLog;
  private final List<Curve> curves;

  private CurveChart(ReportSource source, Measure measure, Scale scale) {
    this.measure = measure;
    this.scale = scale;
    List<GroupCurve> found =
        source.groups().stream().map(group -> GroupCurve.of(group, measure)).toList();
    DoubleSummaryStatistics medians =
        found.stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(point -> point.spread().median())
            .summaryStatistics();
    this.isLog =
        measure.kind() == Metric.Kind.LOSS && Axis.isByRatio(medians.getMin(), medians.getMax());
    List<Look> looks = Look.of(source);
    this.curves = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      Group group = source.groups().get(i);
      curves.add(new Curve(source.label(group), looks.get(i), points(group, found.get(i))));
    }
  }

  /** Returns a chart, or nothing if the measure was not taken. */
  static Optional<String> svg(ReportSource source, Measure measure, Scale scale, Paper paper) {
    CurveChart chart = new CurveChart(source, measure, scale);
    return chart.points().findAny().isPresent()
        ? Optional.of(chart.drawn(source.heading(), paper))
        : Optional.empty();
  }

  private List<Point> points(Group group, GroupCurve curve) {
    double floor = isLog ? leastAboveZero(curve) / 2 : Double.NEGATIVE_INFINITY;
    List<Point> points = new ArrayList<>();
    for (GroupCurve.Point point : curve.points()) {
      Spread spread = point.spread();
      if (spread.median() > floor) {
        double x = group.runs().get(0).at(scale, point.round(), point.seconds());
        points.add(new Point(x, spread.median(), Math.max(floor, spread.low()), spread.high()));
      }
    }
    return points;
  }

  private static double leastAboveZero(GroupCurve curve) {
    return curve.points().stream()
        .flatMapToDouble(point -> DoubleStream.of(point.spread().low(), point.spread().median()))
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private Stream<Point> points() {
    return curves.stream().flatMap(curve -> curve.points().stream());
  }

  private String drawn(String heading, Paper paper) {
    int width = paper.width().orElse(WIDTH);
    int height = paper.height().orElse(HEIGHT);
    int letters = curves.stream().mapToInt(curve -> curve.label().length()).max().orElse(0);
    double legend = Math.min(0.45 * width, 60 + letters * Paper.LETTER);
    Axis across = across(LEFT, width - legend - Paper.MARGIN);
    Axis up = up(height - BELOW, paper.top());
    Svg svg = paper.sheet(heading, width, height);
    axes(svg, across, up);
    for (Curve curve : curves) {
      band(svg, curve, across, up);
    }
    for (Curve curve : curves) {
      line(svg, curve, across, up);
    }
    legend(svg, across.to() + 2 * Paper.MARGIN, paper.top());
    return svg.close().toString();
  }

  private Axis across(double from, double to) {
    DoubleSummaryStatistics x = points().mapToDouble(Point::x).summaryStatistics();
    Unit unit =
        switch (scale) {
          case ROUNDS, ROWS -> Unit.COUNT;
          case SECONDS -> Unit.SECONDS;
          case BYTES -> Unit.BYTES;
        };
    return Axis.across(x.getMin(), x.getMax(), false, unit, from, to);
  }

  private Axis up(double from, double to) {
    DoubleSummaryStatistics y =
        points()
            .flatMapToDouble(point -> DoubleStream.of(point.low(), point.median(), point.high()))
            .summaryStatistics();
    Unit unit = measure.kind() == Metric.Kind.SHARE ? Unit.SHARE : Unit.NUMBER;
    return Axis.up(y.getMin(), y.getMax(), isLog, unit, from, to);
  }

  private void axes(Svg svg, Axis across, Axis up) {
    svg.open("g stroke='%s'", Paper.GRID);
    for (Mark mark : across.marks()) {
      double x = across.at(mark.value());
      straight(svg, x, up.from(), x, up.to());
    }
    for (Mark mark : up.marks()) {
      double y = up.at(mark.value());
      straight(svg, across.from(), y, across.to(), y);
    }
    straight(svg, across.from(), up.from(), across.to(), up.from());
    straight(svg, across.from(), up.from(), across.from(), up.to());
    svg.close();
    svg.open("g text-anchor='middle'");
    for (Mark mark : across.marks()) {
      svg.text(mark.label(), "text x='%s' y='%s'", across.at(mark.value()), up.from() + 16);
    }
    svg.text(
        scale.title(),
        "text x='%s' y='%s' font-size='12' fill='%s'",
        (across.from() + across.to()) / 2,
        up.from() + BELOW - Paper.MARGIN,
        Paper.INK);
    double middle = (up.from() + up.to()) / 2;
    svg.text(
        measure.title(),
        "text x='18' y='%s' transform='rotate(-90 18 %s)' font-size='12' fill='%s'",
        middle,
        middle,
        Paper.INK);
    svg.close();
    svg.open("g text-anchor='end'");
    for (Mark mark : up.marks()) {
      if (!mark.label().isEmpty()) {
        svg.text(mark.label(), "text x='%s' y='%s'", across.from() - 6, up.at(mark.value()) + 4);
      }
    }
    svg.close();
  }

  private static void straight(Svg svg, double x1, double y1, double x2, double y2) {
    svg.leaf("line x1='%s' y1='%s' x2='%s' y2='%s'", x1, y1, x2, y2);
  }

  private static void band(Svg svg, Curve curve, Axis across, Axis up) {
    if (curve.points().stream().noneMatch(point -> point.low() < point.high())) {
      return;
    }
    List<Point> back = new ArrayList<>(curve.points());
    Collections.reverse(back);
    String outline =
        Stream.concat(
                curve.points().stream().map(it -> place(across.at(it.x()), up.at(it.high()))),
                back.stream().map(it -> place(across.at(it.x()), up.at(it.low()))))
            .collect(joining(" "));
    svg.leaf("polygon points='%s' fill='%s' fill-opacity='0.16'", outline, curve.color());
  }

  private void line(Svg svg, Curve curve, Axis across, Axis up) {
    if (curve.points().size() == 1) {
      Point point = curve.points().get(0);
      svg.leaf(
          "circle cx='%s' cy='%s' r='3' fill='%s'",
          across.at(point.x()), up.at(point.median()), curve.color());
    } else if (!curve.points().isEmpty()) {
      String along =
          curve.points().stream()
              .map(it -> place(across.at(it.x()), up.at(it.median())))
              .collect(joining(" "));
      svg.leaf(
          "polyline points='%s' fill='none' stroke='%s' stroke-width='2' stroke-linejoin='round' stroke-dasharray='%s' stroke-dashoffset='%s'",
          along, curve.color(), dashes(curve), offset(curve));
    }
  }

  private static String place(double x, double y) {
    return Svg.number(x) + "," + Svg.number(y);
  }

  /** Draws each of several curves that coincide where the others leave a gap. */
  private String dashes(Curve curve) {
    int together = together(curve).size();
    return together == 1 ? DASHES.get(curve.look().dash()) : TURN + " " + TURN * (together - 1);
  }

  private int offset(Curve curve) {
    List<Curve> together = together(curve);
    return TURN * ((together.size() - together.indexOf(curve)) % together.size());
  }

  private List<Curve> together(Curve curve) {
    return curves.stream().filter(other -> medians(other).equals(medians(curve))).toList();
  }

  private static List<List<Double>> medians(Curve curve) {
    return curve.points().stream().map(it -> List.of(it.x(), it.median())).toList();
  }

  private void legend(Svg svg, double x, double top) {
    double y = top + 4;
    for (Curve curve : curves) {
      svg.leaf(
          "line x1='%s' y1='%s' x2='%s' y2='%s' stroke='%s' stroke-width='2' stroke-dasharray='%s'",
          x, y, x + 30, y, curve.color(), DASHES.get(curve.look().dash()));
      svg.text(curve.label(), "text x='%s' y='%s' fill='%s'", x + 38, y + 4, Paper.INK);
      y += 18;
    }
  }
}
