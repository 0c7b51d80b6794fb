package io.cordee.experiment.chart;

import io.cordee.experiment.report.HeatMap;
import io.cordee.experiment.report.ReportSource;
import java.awt.Color;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.data.xy.DefaultXYZDataset;

/** A figure of every combination of two axes, shaded. */
final class HeatChart {

  private static final int LEFT = 170;
  private static final int COLUMN = 120;
  private static final int TOP = 110;
  private static final int ROW = 34;
  private static final int LEAST = 460;

  private static final Color WORST = new Color(0xf4f7fb);
  private static final Color BEST = new Color(0x6aa8dc);

  private HeatChart() {}

  static Drawing of(HeatMap map, ReportSource source) {
    List<String> axes = List.copyOf(source.axes().keySet());
    int rows = map.rows().size();
    int columns = map.columns().size();
    SymbolAxis across = new SymbolAxis(axes.get(1), map.columns().toArray(String[]::new));
    SymbolAxis down = new SymbolAxis(axes.get(0), map.rows().toArray(String[]::new));
    down.setInverted(true);
    across.setGridBandsVisible(false);
    down.setGridBandsVisible(false);
    double[][] blocks = new double[3][rows * columns];
    XYBlockRenderer renderer = new XYBlockRenderer();
    renderer.setPaintScale(new Shades());
    DefaultXYZDataset dataset = new DefaultXYZDataset();
    XYPlot plot = new XYPlot(dataset, across, down, renderer);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int block = row * columns + column;
        blocks[0][block] = column;
        blocks[1][block] = row;
        double good = map.goodness(row, column);
        blocks[2][block] = Double.isNaN(good) ? -1 : good;
        XYTextAnnotation text = new XYTextAnnotation(map.texts()[row][column], column, row);
        text.setFont(ChartStyle.LETTERS);
        text.setPaint(ChartStyle.INK);
        plot.addAnnotation(text);
      }
    }
    dataset.addSeries(map.name(), blocks);
    String title = source.heading() + ", median " + map.name();
    JFreeChart chart = new JFreeChart(title, null, plot, false);
    ChartStyle.dress(chart);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinesVisible(false);
    return new Drawing(chart, Math.max(LEAST, LEFT + COLUMN * columns), TOP + ROW * rows);
  }

  /** From the worst to the best; white where there is no value. */
  private record Shades() implements PaintScale {
    @Override
    public double getLowerBound() {
      return 0;
    }

    @Override
    public double getUpperBound() {
      return 1;
    }

    @Override
    public Color getPaint(double good) {
      if (good < 0) {
        return Color.WHITE;
      }
      return new Color(
          mixed(WORST.getRed(), BEST.getRed(), good),
          mixed(WORST.getGreen(), BEST.getGreen(), good),
          mixed(WORST.getBlue(), BEST.getBlue(), good));
    }

    private static int mixed(int from, int to, double share) {
      return (int) Math.round(from + (to - from) * share);
    }
  }
}
