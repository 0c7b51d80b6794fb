package io.cordee.experiment.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cordee.common.job.Job;
import io.cordee.common.run.Measure;
import io.cordee.experiment.chart.ChartFiles.Format;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import java.awt.BasicStroke;
import java.awt.GraphicsEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.data.Range;
import org.jfree.data.xy.IntervalXYDataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartFilesTest {

  @TempDir private Path folder;

  /** A Java for servers may have no fonts; charts then cannot be drawn. */
  private static boolean hasFonts() {
    System.setProperty("java.awt.headless", "true");
    try {
      return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length
          > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      return false;
    }
  }

  private ReportSource source() {
    List<Run> runs = new ArrayList<>();
    for (String rule : List.of("gd", "<adam>")) {
      for (String batch : List.of("full", "256")) {
        for (int seed = 1; seed <= 2; seed++) {
          Job job = MadeUpRun.job("batch=" + batch);
          Path run = folder.resolve(runs.size() + "");
          String rows = MadeUpRun.halving(6 + seed, 2);
          Map<String, String> settings = new LinkedHashMap<>();
          settings.put("rule", rule);
          settings.put("batch", batch);
          runs.add(MadeUpRun.cell(run, job, rows, settings, seed));
        }
      }
    }
    return ReportSource.of(MadeUpRun.comparison("a & b"), runs, List.of());
  }

  @Test
  void everyChartIsThereAsADrawingAndAsAPicture() throws Exception {
    assumeTrue(hasFonts(), "no fonts: apt-get install fontconfig fonts-dejavu-core");
    Path charts = folder.resolve("charts");

    List<Path> files =
        ChartFiles.write(source(), charts, EnumSet.allOf(Format.class), ChartFiles.Paper.SCREEN);

    // Runs of a full batch without a model do not tell their rows: rounds, seconds, bytes.
    for (String name :
        List.of(
            "loss-over-rounds",
            "loss-over-seconds",
            "test-accuracy-over-bytes",
            "map-final-test-accuracy")) {
      assertTrue(files.contains(charts.resolve(name + ".svg")), name);
      assertTrue(files.contains(charts.resolve(name + ".png")), name);
    }
    for (Path file : files) {
      if (file.toString().endsWith(".svg")) {
        // Without its DTD, which is on the network.
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
        parsers.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        parsers.newDocumentBuilder().parse(file.toFile());
      } else if (file.toString().endsWith(".pdf")) {
        assertTrue(new String(Files.readAllBytes(file), 0, 5, "US-ASCII").equals("%PDF-"));
      } else {
        assertTrue(ImageIO.read(file.toFile()).getWidth() > 800, file::toString);
      }
    }
    String svg = Files.readString(charts.resolve("loss-over-rounds.svg"));
    assertTrue(svg.contains("&lt;adam&gt; 256"), "names are texts, and escaped");
    assertTrue(svg.contains("font-family:DejaVu Sans,Verdana,sans-serif;font-size:11px;"));
  }

  @Test
  void chartsAreOfTheSizeAndTitleAskedFor() throws Exception {
    assumeTrue(hasFonts(), "no fonts: apt-get install fontconfig fonts-dejavu-core");
    ChartFiles.Paper paper =
        new ChartFiles.Paper(
            OptionalInt.of(340), OptionalInt.of(220), Optional.of("Serif"), Optional.of("Mine"));
    Path charts = folder.resolve("charts");
    ChartFiles.write(source(), charts, EnumSet.of(Format.SVG, Format.PNG), paper);
    assertEquals(680, ImageIO.read(charts.resolve("loss-over-rounds.png").toFile()).getWidth());
    String svg = Files.readString(charts.resolve("loss-over-rounds.svg"));
    assertTrue(svg.contains(">Mine</text>") && svg.contains("Serif"), svg);
  }

  @Test
  void aFontThatIsNotThereIsNotReplacedByAnother() {
    assumeTrue(hasFonts(), "no fonts: apt-get install fontconfig fonts-dejavu-core");
    ChartFiles.Paper paper =
        new ChartFiles.Paper(
            OptionalInt.empty(), OptionalInt.empty(), Optional.of("Nobody's"), Optional.empty());
    ChartException said =
        assertThrows(
            ChartException.class,
            () -> ChartFiles.write(source(), folder, EnumSet.of(Format.SVG), paper));
    assertTrue(said.getMessage().startsWith("no font \"Nobody's\" here"), said::getMessage);
  }

  private XYPlot plot(Measure measure) {
    assumeTrue(hasFonts(), "no fonts: apt-get install fontconfig fonts-dejavu-core");
    return CurveChart.of(source(), measure, Scale.ROUNDS).orElseThrow().chart().getXYPlot();
  }

  @Test
  void firstRoundsAndBandsAreWithinTheAxes() {
    for (Measure measure : List.of(Measure.LOSS, Measure.TEST_ACCURACY)) {
      XYPlot plot = plot(measure);
      IntervalXYDataset curves = (IntervalXYDataset) plot.getDataset();
      Range shown = plot.getRangeAxis().getRange();
      for (int curve = 0; curve < curves.getSeriesCount(); curve++) {
        for (int point = 0; point < curves.getItemCount(curve); point++) {
          assertTrue(shown.contains(curves.getStartYValue(curve, point)), measure::toString);
          assertTrue(shown.contains(curves.getEndYValue(curve, point)), measure::toString);
        }
      }
    }
  }

  @Test
  void curvesThatLieOnEachOtherAreDrawnByTurns() {
    XYItemRenderer renderer = plot(Measure.TEST_ACCURACY).getRenderer();

    List<Float> phases = new ArrayList<>();
    for (int curve = 0; curve < 4; curve++) {
      BasicStroke stroke = (BasicStroke) renderer.getSeriesStroke(curve);
      assertArrayEquals(new float[] {8, 24}, stroke.getDashArray());
      phases.add(stroke.getDashPhase());
    }

    assertEquals(List.of(0f, 24f, 16f, 8f), phases);
  }

  @Test
  void aRunWithoutRowsHasNoCharts() throws Exception {
    Path run = MadeUpRun.write(folder.resolve("empty"), MadeUpRun.job(), "");
    ReportSource source = ReportSource.read(List.of(run), List.of());

    assertEquals(
        List.of(),
        ChartFiles.write(
            source, folder.resolve("charts"), EnumSet.of(Format.SVG), ChartFiles.Paper.SCREEN));
  }

  @Test
  void missingFontsAreSaidWithThePackagesThatHaveThem() {
    ChartException said =
        new ChartException(
            new InternalError(new UnsatisfiedLinkError("libfreetype.so.6: cannot open")));

    assertTrue(said.getMessage().contains("libfreetype.so.6"), said::getMessage);
    assertTrue(said.getMessage().contains("fontconfig"), said::getMessage);
    assertFalse(said.getMessage().contains("\n"), said::getMessage);
  }
}
