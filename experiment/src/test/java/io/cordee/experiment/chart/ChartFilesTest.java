package io.cordee.experiment.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ChartFilesTest {

  @TempDir private Path folder;

  private ReportSource source() {
    List<Run> runs = new ArrayList<>();
    for (String optimizer : List.of("gd", "<adam>")) {
      for (String batch : List.of("full", "256")) {
        for (int seed = 1; seed <= 2; seed++) {
          Job job = MadeUpRun.job("batch=" + batch);
          Path run = folder.resolve(runs.size() + "");
          String rows = MadeUpRun.halving(6 + seed, 2);
          Map<String, String> settings = new LinkedHashMap<>();
          settings.put("optimizer", optimizer);
          settings.put("batch", batch);
          runs.add(MadeUpRun.cell(run, job, rows, settings, seed));
        }
      }
    }
    return ReportSource.of(MadeUpRun.comparison("a & b"), runs, List.of());
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private Document chart(Measure measure) throws Exception {
    return parsed(CurveChart.svg(source(), measure, Scale.ROUNDS, Paper.SCREEN).orElseThrow());
  }

  private static List<Element> elements(Document svg, String tag) {
    NodeList found = svg.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<String> texts(Document svg) {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  @Test
  void everyChartIsAFileOfItsOwn() throws Exception {
    Path charts = folder.resolve("charts");

    List<Path> files = ChartFiles.write(source(), charts, Paper.SCREEN);

    // Runs of a full batch without a model do not tell their rows: rounds, seconds, bytes.
    for (String name :
        List.of(
            "loss-over-rounds",
            "loss-over-seconds",
            "test-accuracy-over-bytes",
            "map-final-test-accuracy")) {
      assertTrue(files.contains(charts.resolve(name + ".svg")), name);
    }
    for (Path file : files) {
      parsed(Files.readString(file));
    }
    List<String> texts = texts(parsed(Files.readString(charts.resolve("loss-over-rounds.svg"))));
    assertTrue(texts.contains("<adam> 256"), texts::toString);
    assertTrue(texts.contains("Rounds") && texts.contains("Training loss"), texts::toString);
  }

  @Test
  void chartsAreOfTheSizeFontAndTitleAskedFor() throws Exception {
    Paper paper =
        new Paper(
            OptionalInt.of(340),
            OptionalInt.of(220),
            Optional.of("Latin Modern"),
            Optional.of("Mine"));
    for (Path file : ChartFiles.write(source(), folder.resolve("charts"), paper)) {
      Document svg = parsed(Files.readString(file));
      Element root = svg.getDocumentElement();
      assertEquals("340", root.getAttribute("width"));
      assertEquals("0 0 340 220", root.getAttribute("viewBox"));
      assertTrue(root.getAttribute("font-family").startsWith("'Latin Modern', "));
      assertEquals("Mine", texts(svg).get(0));
    }
  }

  @Test
  void curvesAndBandsLieBetweenTheAxes() throws Exception {
    for (Measure measure : List.of(Measure.LOSS, Measure.TEST_ACCURACY)) {
      Document svg = chart(measure);
      double top = Paper.SCREEN.top();
      List<Element> drawn =
          Stream.concat(elements(svg, "polyline").stream(), elements(svg, "polygon").stream())
              .toList();
      assertFalse(drawn.isEmpty());
      for (Element curve : drawn) {
        for (String point : curve.getAttribute("points").split(" ")) {
          double x = Double.parseDouble(point.split(",")[0]);
          double y = Double.parseDouble(point.split(",")[1]);
          assertTrue(x >= 76 && x < 860, point);
          assertTrue(y > top && y < 460 - 48, measure + ": " + point);
        }
      }
    }
  }

  @Test
  void labelsStandWhereTheirValuesAreDrawn() throws Exception {
    Document svg = chart(Measure.LOSS);
    // The losses are 1, 1/2, 1/4…: two points differ by the logarithm of 2.
    String[] points = elements(svg, "polyline").get(0).getAttribute("points").split(" ");
    double first = Double.parseDouble(points[0].split(",")[1]);
    double second = Double.parseDouble(points[1].split(",")[1]);
    double decade = (second - first) / Math.log10(2);
    double one = heightOf(svg, "1");
    assertEquals(decade, heightOf(svg, "0.1") - one, 0.01 * decade);
  }

  private static double heightOf(Document svg, String label) {
    return elements(svg, "text").stream()
        .filter(text -> text.getTextContent().equals(label))
        .filter(text -> text.getAttribute("x").equals("70"))
        .mapToDouble(text -> Double.parseDouble(text.getAttribute("y")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void curvesThatCoincideAreDrawnByTurns() throws Exception {
    List<String> dashes =
        elements(chart(Measure.TEST_ACCURACY), "polyline").stream()
            .map(
                it ->
                    it.getAttribute("stroke-dasharray")
                        + ";"
                        + it.getAttribute("stroke-dashoffset"))
            .toList();

    assertEquals(List.of("8 24;0", "8 24;24", "8 24;16", "8 24;8"), dashes);
  }

  @Test
  void aRunWithoutRowsHasNoCharts() throws IOException {
    Path run = MadeUpRun.write(folder.resolve("empty"), MadeUpRun.job(), "");
    ReportSource source = ReportSource.read(List.of(run), List.of());

    assertEquals(List.of(), ChartFiles.write(source, folder.resolve("charts"), Paper.SCREEN));
  }
}
