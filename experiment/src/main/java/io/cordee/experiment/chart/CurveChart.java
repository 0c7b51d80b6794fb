package io.cordee.experiment.chart;

import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.GroupCurve;
import io.cordee.experiment.report.Look;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** The curves of all groups on one scale: medians, and bands around them. */
final class CurveChart {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 460;

  /** From this ratio of its highest to its lowest value on, a loss is drawn by ratio. */
  private static final double RATIO = 10;

  private final ReportSource source;
  private final Measure measure;
  private final Scale scale;
  private final List<GroupCurve> curves;

  private CurveChart(ReportSource source, Measure measure, Scale scale) {
    this.source = source;
    this.measure = measure;
    this.scale = scale;
    this.curves = source.groups().stream().map(group -> GroupCurve.of(group, measure)).toList();
  }

  /** Empty if the measure was not taken. */
  static Optional<Drawing> of(ReportSource source, Measure measure, Scale scale) {
    return new CurveChart(source, measure, scale).drawing();
  }

  private Optional<Drawing> drawing() {
    DoubleSummaryStatistics medians =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(point -> point.spread().median())
            .summaryStatistics();
    if (medians.getCount() == 0) {
      return Optional.empty();
    }
    double low = medians.getMin();
    double high = medians.getMax();
    boolean isLog = isLoss() && low > 0 && high / low > RATIO;
    NumberAxis across = new NumberAxis(scale.title());
    across.setAutoRangeIncludesZero(false);
    across.setNumberFormatOverride(ChartStyle.marks(scale));
    across.setLowerMargin(0);
    across.setUpperMargin(0.01);
    YIntervalSeriesCollection dataset = new YIntervalSeriesCollection();
    DeviationRenderer renderer = new DeviationRenderer(true, false);
    XYPlot plot = new XYPlot(dataset, across, isLog ? byRatio() : evenly(), renderer);
    fill(dataset, renderer, isLog);
    plot.setRangeMinorGridlinesVisible(isLog);
    JFreeChart chart = new JFreeChart(source.heading(), plot);
    ChartStyle.dress(chart);
    plot.setRangeMinorGridlinePaint(plot.getRangeGridlinePaint());
    chart.getLegend().setPosition(RectangleEdge.RIGHT);
    return Optional.of(new Drawing(chart, WIDTH, HEIGHT));
  }

  private ValueAxis byRatio() {
    LogAxis axis = new LogAxis(measure.title());
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setMinorTickCount(9);
    axis.setNumberFormatOverride(ChartStyle.marks());
    return axis;
  }

  private ValueAxis evenly() {
    NumberAxis axis = new NumberAxis(measure.title());
    axis.setAutoRangeIncludesZero(false);
    axis.setNumberFormatOverride(
        measure.kind() == Metric.Kind.SHARE ? ChartStyle.shareMarks() : ChartStyle.marks());
    return axis;
  }

  private boolean isLoss() {
    return measure.kind() == Metric.Kind.LOSS;
  }

  private void fill(YIntervalSeriesCollection dataset, DeviationRenderer renderer, boolean isLog) {
    List<Look> looks = Look.of(source);
    renderer.setAlpha(1);
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setLegendLine(new Line2D.Double(-15, 0, 15, 0));
    Map<List<Point2D>, List<Integer>> together = new HashMap<>();
    for (int i = 0; i < curves.size(); i++) {
      Group group = source.groups().get(i);
      GroupCurve curve = curves.get(i);
      YIntervalSeries series = new YIntervalSeries(source.label(group), false, true);
      double floor = isLog ? leastAboveZero(curve) / 2 : Double.NEGATIVE_INFINITY;
      Run first = group.runs().get(0);
      for (GroupCurve.Point point : curve.points()) {
        Spread spread = point.spread();
        if (spread.median() > floor) {
          double x = first.at(scale, point.round(), point.seconds());
          series.add(x, spread.median(), Math.max(floor, spread.low()), spread.high());
        }
      }
      dataset.addSeries(series);
      renderer.setSeriesPaint(i, ChartStyle.line(looks.get(i)));
      renderer.setSeriesFillPaint(i, ChartStyle.band(looks.get(i)));
      renderer.setSeriesStroke(i, ChartStyle.stroke(looks.get(i)));
      together.computeIfAbsent(points(series), points -> new ArrayList<>()).add(i);
      renderer.setSeriesShapesVisible(i, series.getItemCount() == 1);
      renderer.setSeriesShape(i, new Ellipse2D.Double(-3, -3, 6, 6));
    }
    // Of curves that lie on each other, each is drawn where the others leave a gap.
    for (List<Integer> those : together.values()) {
      for (int turn = 0; those.size() > 1 && turn < those.size(); turn++) {
        renderer.setSeriesStroke(those.get(turn), ChartStyle.byTurns(turn, those.size()));
      }
    }
  }

  private static double leastAboveZero(GroupCurve curve) {
    return curve.points().stream()
        .flatMapToDouble(point -> DoubleStream.of(point.spread().low(), point.spread().median()))
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private static List<Point2D> points(YIntervalSeries series) {
    return IntStream.range(0, series.getItemCount())
        .<Point2D>mapToObj(
            i -> new Point2D.Double(series.getX(i).doubleValue(), series.getYValue(i)))
        .toList();
  }
}
