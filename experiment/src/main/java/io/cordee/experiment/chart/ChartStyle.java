package io.cordee.experiment.chart;

import io.cordee.experiment.report.Look;
import io.cordee.experiment.report.NumberText;
import io.cordee.experiment.run.Run.Scale;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;

/** Colours, dashes and letters: those of the report, on white. */
final class ChartStyle {

  static final Color INK = new Color(0x1d2129);
  static final Font LETTERS = new Font("DejaVu Sans", Font.PLAIN, 12);
  private static final Color SOFT = new Color(0x5d6673);
  private static final Color GRID = new Color(0xe4e6e9);
  private static final int BAND_ALPHA = 40;

  private static final int[] COLORS = {
    0x0072b2, 0xd55e00, 0x00896a, 0xb8509b, 0xd18f00, 0x3aa0d8, 0x7a7a00, 0x4a4f57
  };
  private static final float[][] DASHES = {{}, {7, 4}, {2, 3}, {10, 3, 2, 3}, {4, 2}};

  private static final float TURN = 8;

  private ChartStyle() {}

  static void dress(JFreeChart chart) {
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(8, 8, 8, 12));
    chart.getTitle().setFont(LETTERS.deriveFont(Font.BOLD, 14f));
    chart.getTitle().setPaint(INK);
    chart.getTitle().setHorizontalAlignment(HorizontalAlignment.LEFT);
    chart.getTitle().setPadding(0, 4, 8, 0);
    if (chart.getLegend() != null) {
      chart.getLegend().setFrame(BlockBorder.NONE);
      chart.getLegend().setItemFont(LETTERS.deriveFont(11f));
      chart.getLegend().setItemPaint(INK);
      chart.getLegend().setItemLabelPadding(new RectangleInsets(2, 6, 2, 2));
      chart.getLegend().setPadding(0, 14, 0, 0);
    }
    XYPlot plot = chart.getXYPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setOutlineVisible(false);
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    plot.setDomainGridlineStroke(new BasicStroke(1));
    plot.setRangeGridlineStroke(new BasicStroke(1));
    dress(plot.getDomainAxis());
    dress(plot.getRangeAxis());
  }

  /** Sets all text in another family. */
  static void write(JFreeChart chart, String family) {
    chart.getTitle().setFont(in(family, chart.getTitle().getFont()));
    if (chart.getLegend() != null) {
      chart.getLegend().setItemFont(in(family, chart.getLegend().getItemFont()));
    }
    XYPlot plot = chart.getXYPlot();
    for (ValueAxis axis : List.of(plot.getDomainAxis(), plot.getRangeAxis())) {
      axis.setLabelFont(in(family, axis.getLabelFont()));
      axis.setTickLabelFont(in(family, axis.getTickLabelFont()));
    }
  }

  private static Font in(String family, Font font) {
    Font found = new Font(family, font.getStyle(), 1).deriveFont(font.getSize2D());
    if (!found.getFamily(Locale.ROOT).equalsIgnoreCase(family)) {
      throw new ChartException(family); // Java would take another
    }
    return found;
  }

  private static void dress(ValueAxis axis) {
    axis.setLabelFont(LETTERS);
    axis.setLabelPaint(INK);
    axis.setTickLabelFont(LETTERS.deriveFont(11f));
    axis.setTickLabelPaint(SOFT);
    axis.setAxisLinePaint(GRID);
    axis.setTickMarkPaint(GRID);
  }

  static Color line(Look look) {
    return new Color(COLORS[look.color()]);
  }

  static Color band(Look look) {
    Color line = line(look);
    return new Color(line.getRed(), line.getGreen(), line.getBlue(), BAND_ALPHA);
  }

  static BasicStroke stroke(Look look) {
    float[] dash = DASHES[look.dash()];
    return dash.length == 0
        ? new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        : new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
  }

  /** The stroke of one of several curves that coincide: between them they draw a full line. */
  static BasicStroke byTurns(int turn, int curves) {
    float[] dash = {TURN, TURN * (curves - 1)};
    float phase = TURN * ((curves - turn) % curves);
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, phase);
  }

  static NumberFormat marks(Scale scale) {
    return scale == Scale.SECONDS
        ? marks(value -> shortest(value))
        : marks(value -> NumberText.cost(scale, value).replaceAll("\\.0+(?= )", ""));
  }

  /** The labels of an accuracy's ticks: an axis leaves room above 1 and below 0. */
  static NumberFormat shareMarks() {
    return marks(value -> value < 0 || value > 1 ? "" : shortest(value));
  }

  /** The labels of a loss's ticks. */
  static NumberFormat marks() {
    return marks(
        value ->
            value != 0 && Math.abs(value) < 1e-3
                ? String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-")
                : shortest(value));
  }

  private static String shortest(double value) {
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static NumberFormat marks(DoubleFunction<String> text) {
    return new NumberFormat() {
      @Override
      public StringBuffer format(double value, StringBuffer to, FieldPosition place) {
        return to.append(text.apply(value));
      }

      @Override
      public StringBuffer format(long value, StringBuffer to, FieldPosition place) {
        return to.append(text.apply(value));
      }

      @Override
      public Number parse(String source, ParsePosition place) {
        throw new UnsupportedOperationException("marks are written, never read");
      }
    };
  }
}
