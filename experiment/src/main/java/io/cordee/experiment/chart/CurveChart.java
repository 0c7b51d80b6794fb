package io.cordee.experiment.chart;

import io.cordee.experiment.report.Curve;
import io.cordee.experiment.report.Look;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.WireBytes;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** From so much between its lowest and its highest value on, a loss is drawn by ratio. */
  private static final double RATIO = 10;

  private final ReportSource source;
  private final Measure measure;
  private final Scale scale;
  private final List<Curve> curves;

  private CurveChart(ReportSource source, Measure measure, Scale scale) {
    this.source = source;
    this.measure = measure;
    this.scale = scale;
    this.curves = source.groups().stream().map(group -> Curve.of(group, measure)).toList();
  }

  /** The chart; empty if the measure was not taken. */
  static Optional<Drawing> of(ReportSource source, Measure measure, Scale scale) {
    return new CurveChart(source, measure, scale).drawing();
  }

  private Optional<Drawing> drawing() {
    double[] medians = curves.stream().flatMapToDouble(c -> Arrays.stream(c.median())).toArray();
    if (medians.length == 0) {
      return Optional.empty();
    }
    double low = Arrays.stream(medians).min().orElseThrow();
    double high = Arrays.stream(medians).max().orElseThrow();
    boolean isLog = measure == Measure.LOSS && low > 0 && high / low > RATIO;
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
    LogAxis axis = new LogAxis(title());
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setMinorTickCount(9);
    axis.setNumberFormatOverride(ChartStyle.marks());
    return axis;
  }

  private ValueAxis evenly() {
    NumberAxis axis = new NumberAxis(title());
    axis.setAutoRangeIncludesZero(false);
    axis.setNumberFormatOverride(
        measure == Measure.LOSS ? ChartStyle.marks() : ChartStyle.shareMarks());
    return axis;
  }

  private String title() {
    return measure == Measure.LOSS ? "Training loss" : "Test accuracy";
  }

  private void fill(YIntervalSeriesCollection dataset, DeviationRenderer renderer, boolean isLog) {
    List<Look> looks = Look.of(source);
    renderer.setAlpha(1);
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setLegendLine(new Line2D.Double(-15, 0, 15, 0));
    Map<List<Point>, List<Integer>> together = new HashMap<>();
    for (int i = 0; i < curves.size(); i++) {
      Group group = source.groups().get(i);
      Curve curve = curves.get(i);
      YIntervalSeries series = new YIntervalSeries(new Name(i, source.label(group)), false, true);
      double floor = isLog ? leastAboveZero(curve) / 2 : Double.NEGATIVE_INFINITY;
      for (int point = 0; point < curve.size(); point++) {
        double median = curve.median()[point];
        if (median > floor) {
          double low = Math.max(floor, curve.low()[point]);
          series.add(place(group, curve, point), median, low, curve.high()[point]);
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

  private static double leastAboveZero(Curve curve) {
    return DoubleStream.concat(Arrays.stream(curve.low()), Arrays.stream(curve.median()))
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private record Point(double x, double y) {}

  private static List<Point> points(YIntervalSeries series) {
    return IntStream.range(0, series.getItemCount())
        .mapToObj(i -> new Point(series.getX(i).doubleValue(), series.getYValue(i)))
        .toList();
  }

  /** Tells series apart whose labels are equal. */
  private record Name(int index, String label) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      return Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
      return label;
    }
  }

  private double place(Group group, Curve curve, int point) {
    int round = curve.rounds()[point];
    Run run = group.runs().get(0);
    return switch (scale) {
      case ROUNDS -> round;
      case SECONDS -> curve.seconds()[point];
      case ROWS -> (double) round * run.rowsPerRound().orElse(0);
      case BYTES -> run.bytes().map((WireBytes bytes) -> bytes.after(round)).orElse(0L);
    };
  }
}
