package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.report.RunsPage;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.WireBytes;
import io.cordee.gallery.Gallery;
import io.cordee.server.web.Door;
import io.cordee.server.web.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ReportPageIT {

  /** Keeps every chart in {@code charts}, by the id of its place. */
  private static final String WATCH =
      """
      window.charts = {};
      let library;
      Object.defineProperty(window, 'uPlot', {
        get: () => library,
        set: real => {
          library = function (options, data, place) {
            return (window.charts[place.id] = new real(options, data, place));
          };
          Object.assign(library, real);
        },
      });
      """;

  @TempDir private Path folder;

  private final List<Path> cells = new ArrayList<>();

  /** Loss and test accuracy in each round. */
  private void cell(String optimizer, long seed, double[]... rounds) throws IOException {
    Job job = JobFile.defaultJob(List.of("optimizer.name=" + optimizer, "model.init.seed=" + seed));
    StringBuilder rows =
        new StringBuilder(
            "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest\n");
    for (int i = 0; i < rounds.length; i++) {
      rows.append(
          String.format(Locale.ROOT, "%d,%s,0.5,%s,%d.0,,a%n", i, rounds[i][0], rounds[i][1], i));
    }
    Path cell = Files.createDirectories(folder.resolve("cells").resolve(optimizer + seed));
    Files.writeString(cell.resolve("job.yaml"), JobFile.write(job));
    Files.writeString(cell.resolve("metrics.csv"), rows);
    new RunNote(
            "cordee test",
            List.of("compare"),
            "2026-01-02T03:04:05",
            new RunNote.Team(1, 1, 1, "one process"),
            RunNote.Machine.here(),
            Map.of("optimizer", optimizer),
            seed,
            "preset",
            WireBytes.of(job, 1),
            new RunNote.End(RunNote.End.COMPLETED, ""))
        .write(cell);
    cells.add(cell);
  }

  @Test
  void validationLossIsDrawnBesideTheTrainingLoss() throws IOException {
    cell("gd", 1, round(2, 0.1), round(1, 0.5), round(0.5, 0.6));
    Path metrics = cells.get(0).resolve("metrics.csv");
    Files.writeString(
        metrics,
        Files.readString(metrics)
            .replace(",digest\n", ",digest,validation_loss\n")
            .replaceAll(",a\n", ",a,0.75\n"));
    try (Browser browser = open()) {
      assertEquals(
          "2,1,0.5; 0.75,0.75,0.75",
          browser.run("return window.charts.loss.data.slice(1).map(y => y.join(',')).join('; ')"));
      assertEquals("Training loss, validation loss (dashed)", browser.text("loss-title"));
      assertTrue(browser.text("legend").contains("0.5000 / 0.7500"), browser.text("legend"));
      browser.expectNoComplaints();
    }
  }

  @Test
  void lossesThatVanishAreDrawnToTheirEnd() throws IOException {
    cell("gd", 1, round(2, 0.1), round(3e-20, 0.5), round(4e-38, 0.6));
    try (Browser browser = open()) {
      String lowest =
          "const {min} = window.charts.loss.scales.y; return min > 1e-38 && min <= 4e-38";
      browser.await("a scale down to it", () -> (Boolean) browser.run(lowest));
      browser.await(
          "marks along it",
          () ->
              (Boolean)
                  browser.run(
                      "return window.charts.loss.axes[1]._values.some(v => v > 0 && v < 1e-30)"));
      browser.expectNoComplaints();
    }
  }

  /** Keeps the text of each file that is saved in {@code saved}. */
  private static final String CATCH =
      """
      window.saved = [];
      URL.createObjectURL = file => { file.text().then(text => window.saved.push(text)); return ''; };
      HTMLAnchorElement.prototype.click = () => {};
      """;

  /** Counts labels of an axis that come nearer to the one before than a few pixels. */
  private static final String CROWDED =
      """
      const crowded = (labels, from, to) => labels.filter((label, i) => i > 0 && from(label) < to(labels[i - 1]) + 4).length;
      """;

  @Test
  void axesFollowTheSameRulesAsThoseOfDrawings() throws IOException {
    cell("gd", 1, round(2, 0.1), round(1, 0.5));
    Path cases = Path.of("../common/src/test/resources/io/cordee/common/svg/axes.json");
    try (Browser browser = open()) {
      browser.run("window.cases = " + Files.readString(cases));
      assertEquals(
          "",
          browser.run(
              """
              return cases.marks.filter(it => {
                const marks = curves.marks(it).map(({label}) => label);
                const labels = marks.filter(label => label !== '');
                return JSON.stringify(labels) !== JSON.stringify(it.labels) || marks.length - labels.length !== it.lines;
              }).map(it => JSON.stringify([it, curves.marks(it)])).join('; ');
              """));
      assertEquals(
          "",
          browser.run(
              """
              return ['up', 'across'].flatMap(side => cases[side].filter(({low, high, isLog, ends}) =>
                curves[side](low, high, isLog).some((end, i) => Math.abs(end - ends[i]) > 1e-12)))
                .map(it => JSON.stringify(it)).join('; ');
              """));
      assertEquals(
          "",
          browser.run(
              "return cases.byRatio.filter(it => curves.isByRatio(it.low, it.high) !== it.isLog)"
                  + ".map(it => JSON.stringify(it)).join('; ')"));
      assertTrue(browser.number("return cases.marks.length") > 10);
      browser.expectNoComplaints();
    }
  }

  @Test
  void aLossAxisIsLogarithmicAboveATenfoldUnlessOneChooses() throws IOException {
    cell("gd", 1, round(2, 0.1), round(0.25, 0.5));
    String isLog = "return document.getElementById('log-loss').checked";
    String drawn = "return window.charts.loss.scales.y.distr";
    try (Browser browser = open()) {
      assertEquals(false, browser.run(isLog));
      assertEquals(1, browser.number(drawn));
      press(browser, "log-loss");
      assertEquals(3, browser.number(drawn));
    }
    cell("adam", 1, round(2, 0.1), round(0.125, 0.5));
    try (Browser browser = open()) {
      assertEquals(true, browser.run(isLog));
      assertEquals(3, browser.number(drawn));
      press(browser, "log-loss");
      browser.run("document.querySelectorAll('#legend button')[0].click()");
      assertEquals(1, browser.number(drawn), "what was chosen stays");
      browser.expectNoComplaints();
    }
  }

  private void aRunWithItsBestRoundAndABaseline() throws IOException {
    cell("gd", 1, round(2, 0.1), round(1, 0.75), round(0.5, 0.875), round(0.25, 0.9));
    Path cell = cells.get(0);
    Files.writeString(
        cell.resolve("job.yaml"),
        JobFile.write(
            JobFile.defaultJob(List.of("optimizer.name=gd", "data.split={validation: 0.1}"))));
    Path metrics = cell.resolve("metrics.csv");
    String rows =
        Files.readString(metrics)
            .replace(",digest\n", ",digest,validation_loss,validation_accuracy\n")
            .replaceAll(",a\n", ",a,2,0.5\n");
    Files.writeString(metrics, rows.replaceAll("(?m)^(1,.*),2,0.5$", "$1,1,0.75"));
    Files.writeString(
        cell.resolve("evaluation.json"),
        """
        {"source": "rows.csv", "rows": 8, "loss": 0.25, "accuracy": 0.875,
        "baseline": {"predicts": "class 1", "accuracy": 0.5}}
        """);
  }

  @Test
  void aSavedChartHasTheLinesOfTheBestRoundAndOfTheBaseline() throws IOException {
    aRunWithItsBestRoundAndABaseline();
    try (Browser browser = open()) {
      browser.run(CATCH);
      browser.run("document.querySelectorAll('[data-save]').forEach(button => button.click())");
      browser.await("both files", () -> browser.number("return window.saved.length") == 2);
      String parsed =
          """
          const svg = new DOMParser().parseFromString(window.saved[%d], 'image/svg+xml').documentElement;
          const frame = [...svg.querySelectorAll('clipPath rect')].map(r => ['x', 'y', 'width', 'height'].map(name => Number(r.getAttribute(name))))[0];
          const line = label => [...svg.querySelectorAll('text')].find(text => text.textContent === label)?.previousElementSibling;
          const at = (line, name) => Math.round(Number(line.getAttribute(name)) - frame[name[0] === 'x' ? 0 : 1]);
          const places = line => line ? ['x1', 'x2', 'y1', 'y2'].map(name => at(line, name)).join(' ') : 'none';
          """;
      for (int chart = 0; chart < 2; chart++) {
        String prefix = parsed.formatted(chart);
        assertEquals(
            browser.run(
                prefix
                    + "const x = Math.round(frame[2] / 3); return [x, x, 0, Math.round(frame[3])].join(' ')"),
            browser.run(prefix + "return places(line('best'))"),
            "the first of three rounds");
        assertTrue(
            (Boolean)
                browser.run(
                    prefix
                        + "return svg.textContent.includes(document.querySelector('#legend b').textContent)"),
            "the legend");
      }
      assertEquals("none", browser.run(parsed.formatted(0) + "return places(line('baseline'))"));
      String low = "window.charts.accuracy.scales.y.min";
      String high = "window.charts.accuracy.scales.y.max";
      assertEquals(
          browser.run(
              parsed.formatted(1)
                  + "const y = Math.round(frame[3] * (%2$s - 0.5) / (%2$s - %1$s)); return [0, Math.round(frame[2]), y, y].join(' ')"
                      .formatted(low, high)),
          browser.run(parsed.formatted(1) + "return places(line('baseline'))"));
      browser.expectNoComplaints();
    }
  }

  @Test
  void noLabelComesNearAnotherAndRoundsAreWhole() throws IOException {
    double[][] rounds = new double[12][];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = round(2 * Math.pow(0.3, i), 0.98 - 0.5 / (1 + i));
    }
    cell("gd", 1, rounds);
    cell("adam", 1, round(2, 0.1), round(1, 0.5), round(0.5, 0.5));
    try (Browser browser = open()) {
      for (int width : List.of(1280, 400)) {
        browser.width(width);
        browser.awaitNothingAside();
        for (String scale : List.of("log-x", "log-x", "log-loss", "log-accuracy")) {
          press(browser, scale);
          assertEquals(
              0,
              browser.number(
                  CROWDED
                      + """
                      return Object.values(window.charts).reduce((sum, plot) => {
                        const [across, up] = ['x', 'y'].map((scale, i) => plot.axes[i]._splits
                          .map((v, k) => ({label: plot.axes[i]._values[k], place: plot.valToPos(v, scale)}))
                          .filter(({label}) => label !== ''));
                        plot.ctx.font = plot.axes[0].font[0];
                        const half = ({label}) => plot.ctx.measureText(label).width / devicePixelRatio / 2;
                        return sum + crowded(across, it => it.place - half(it), it => it.place + half(it))
                          + crowded(up.reverse(), it => it.place - 8, it => it.place + 8);
                      }, 0);
                      """),
              scale + " at a width of " + width);
          assertEquals(
              "",
              browser.run(
                  "return Object.values(window.charts).flatMap(plot => plot.axes[0]._splits).filter(v => !Number.isInteger(v)).join()"),
              "rounds are whole");
        }
      }
      browser.run("window.charts.loss.setScale('x', {min: 0, max: 1})");
      browser.await(
          "two rounds",
          () -> "0,1".equals(browser.run("return window.charts.loss.axes[0]._values.join()")));
      browser.expectNoComplaints();
    }
  }

  private Browser open() throws IOException {
    Path file = folder.resolve(ReportFile.NAME);
    ReportFile.write(file, ReportSource.read(cells, List.of()));
    Browser browser = Browser.start(Files.createTempDirectory(folder, "browser-"));
    browser.beforePages(WATCH);
    browser.open(file.toUri().toString());
    browser.await(
        "both charts", () -> browser.number("return Object.keys(window.charts).length") == 2);
    return browser;
  }

  private static double[] round(double loss, double accuracy) {
    return new double[] {loss, accuracy};
  }

  private static void press(Browser browser, String id) {
    browser.run("document.getElementById('" + id + "').click()");
  }

  @Test
  void allThatIsDrawnIsWithinTheAxes() throws IOException {
    for (int seed = 1; seed <= 3; seed++) {
      double late = 0.6 + seed * 0.13;
      cell(
          "gd",
          seed,
          round(2.5, 0.05),
          round(1.5, 0.4),
          round(Math.pow(10, -seed), late),
          round(Math.pow(10, -2 * seed), late),
          round(Math.pow(10, -2 * seed), late));
    }
    try (Browser browser = open()) {
      for (String chart : List.of("loss", "accuracy")) {
        assertEquals(
            "",
            browser.run(
                """
                const plot = window.charts['%s'];
                const {min, max} = plot.scales.y;
                return plot.data.slice(1).flat().filter(v => v !== null && v !== undefined && (v < min || v > max)).join(' ');
                """
                    .formatted(chart)),
            chart);
      }
      assertTrue(
          (Boolean) browser.run("return window.charts.loss.data.slice(1).flat().includes(1e-6)"),
          "the band reaches as far as the seeds do");
      browser.expectNoComplaints();
    }
  }

  @Test
  void whoLooksCloserSeesTheRoundsThatAreThereInFull() throws IOException {
    cell("gd", 1, round(2, 0.1), round(2, 0.5), round(2, 0.90), round(2, 0.91), round(2, 0.92));
    try (Browser browser = open()) {
      browser.run("window.charts.accuracy.setScale('x', {min: 2, max: 4})");
      browser.await(
          "an axis from 0.9 to 0.92",
          () -> (Boolean) browser.run("return window.charts.accuracy.scales.y.min > 0.85"));
    }
  }

  @Test
  void curvesThatLieOnEachOtherAreSeenBoth() throws IOException {
    double[][] rounds = {round(2, 0.1), round(1, 0.5), round(0.5, 0.9)};
    cell("gd", 1, rounds);
    cell("momentum", 1, rounds);
    cell("adam", 1, round(2, 0.1), round(1, 0.5), round(0.4, 0.9));
    try (Browser browser = open()) {
      String dashes =
          "return window.charts.loss.series.slice(1).map(s => s.dash.join(' ')).join('; ')";
      assertEquals("0 0 8 8; 0 8 8 0; ", browser.run(dashes), "by turns");
      browser.run("document.querySelectorAll('#legend button')[0].click()");
      assertEquals("; ", browser.run(dashes), "alone it is a full line again");
    }
  }

  @Test
  void theLegendHasTheFiguresOfTheTable() throws IOException {
    // Ties and near-ties: legend and table have to round alike.
    double[][] ends = {{0.025006, 0.9545}, {0.025006, 0.9546}, {4.2515e-5, 0.12345}};
    for (int seed = 1; seed <= 2; seed++) {
      cell("gd", seed, round(2, 0.1), round(0.024996 + seed * 1e-5, 0.9544 + seed * 1e-4));
      cell("adam", seed, round(2, 0.1), round(4.2515e-5, 0.99985));
      cell("rmsprop", seed, round(2, 0.99), round(123456.5, 0.00025 * seed));
    }
    // Ends before the others.
    cell("rprop", 1, round(2, 0.1), round(1, 0.25));
    cell("rprop", 2, round(2, 0.1), round(1, 0.35), round(0.5, 0.5), round(0.25, 0.75));
    try (Browser browser = open()) {
      for (int row = 0; row < 4; row++) {
        String table =
            "const cells = document.querySelectorAll('tbody tr')[%d].children; return cells[2].firstChild.data + ' ' + cells[3].firstChild.data"
                .formatted(row);
        String legend =
            "const cells = document.querySelectorAll('#legend button')[%d].querySelectorAll('i'); return cells[0].textContent + ' ' + cells[1].textContent"
                .formatted(row);
        assertEquals(browser.run(table), browser.run(legend));
        if (row < 3) {
          browser.run(
              "Object.values(window.charts).forEach(c => c.setCursor({left: c.bbox.width / devicePixelRatio / 3 - 1, top: 9}))");
          assertEquals(browser.run(table), browser.run(legend), "under the pointer");
          browser.run(
              "Object.values(window.charts).forEach(c => c.setCursor({left: -10, top: -10}))");
        }
      }
    }
  }

  @Test
  void labelsOfLargeAndOfCloseNumbersAreWhole() throws IOException {
    cell("gd", 1, round(1234567, 0.99991), round(987654, 0.99993), round(123456, 0.99994));
    try (Browser browser = open()) {
      press(browser, "log-loss");
      assertEquals(
          "",
          browser.run(
              """
              return Object.values(window.charts).flatMap(plot => {
                const axis = plot.axes[1];
                plot.ctx.font = axis.font[0];
                const room = axis._size - axis.gap - axis.ticks.size;
                return axis._values.filter(label => plot.ctx.measureText(label).width / devicePixelRatio > room);
              }).join(' ');
              """),
          "labels that are cut off");
      assertEquals(
          "",
          browser.run(
              """
              return Object.values(window.charts).flatMap(plot =>
                plot.axes[1]._values.filter((label, i, all) => label !== '' && all.indexOf(label) !== i)).join(' ');
              """),
          "labels that say the same of different places");
      assertTrue(
          (Boolean) browser.run("return window.charts.loss.axes[1]._values.includes('1,000,000')"));
    }
  }

  private Browser openRuns(WebServer server) throws IOException {
    Browser browser = Browser.start(Files.createTempDirectory(folder, "browser-"));
    browser.beforePages(WATCH);
    browser.open("http://127.0.0.1:" + server.port() + "/");
    browser.await("a legend", () -> !browser.text("legend").isEmpty());
    return browser;
  }

  private WebServer serve(RunsPage page) throws IOException {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Door open = new Door(Optional.empty(), Optional.empty(), Set.of());
    return new WebServer(anywhere, open, page::html);
  }

  private static long curves(Browser browser) {
    return browser.number("return window.charts.loss.series.length - 1");
  }

  @Test
  void servedItFollowsRunsAndFindsThem() throws IOException {
    cell("gd", 1, round(2, 0.1), round(1, 0.5), round(1.5, 0.6));
    cell("adam", 1, round(2, 0.1), round(1, 0.5));
    try (WebServer server = serve(new RunsPage(List.of(folder.resolve("cells"))));
        Browser browser = openRuns(server)) {
      browser.run("document.querySelectorAll('#legend button')[1].click()");
      assertEquals(1, curves(browser), "one of two is hidden");

      Path metrics = cells.get(0).resolve("metrics.csv");
      Files.writeString(metrics, "3,0.25,0.5,0.75,3.0,,a\n", StandardOpenOption.APPEND);
      cell("momentum", 1, round(2, 0.1), round(1, 0.5));
      browser.await("the new row", () -> browser.text("tables").contains("0.2500"));
      browser.await("the new run", () -> browser.text("legend").contains("momentum1"));
      assertEquals(2, curves(browser), "what was hidden still is");

      browser.type("search", "MOMENTUM");
      assertEquals(1, curves(browser));
      assertFalse(browser.text("legend").contains("gd1"), browser.text("legend"));
      assertFalse(browser.text("tables").contains("0.2500"), "rows of others are hidden");
      browser.run(
          "const s = document.getElementById('search'); s.value = ''; s.dispatchEvent(new Event('input'))");
      String ys = "return window.charts.loss.data[1].filter(y => y !== null && y !== undefined)";
      Object raw = browser.run(ys);
      browser.run(
          "const s = document.getElementById('smoothing'); s.value = '0.5'; s.dispatchEvent(new Event('input'))");
      assertNotEquals(raw, browser.run(ys));

      for (int width : List.of(1280, 400)) {
        browser.width(width);
        browser.awaitNothingAside();
      }
      browser.expectNoComplaints();
    }
  }

  @Test
  void onANarrowScreenFormulasAreWholeAndBracketsAsHighAsFractions() throws IOException {
    Path gallery = Files.writeString(folder.resolve("gallery.html"), Gallery.compute().page());
    try (Browser browser = Browser.start(Files.createTempDirectory(folder, "browser-"))) {
      browser.width(400);
      browser.open(gallery.toUri().toString());
      assertEquals(
          "",
          browser.run(
              "return [...document.querySelectorAll('.formula')].filter(f => f.scrollWidth > f.clientWidth)"
                  + ".map(f => f.textContent + ': ' + f.scrollWidth + ' of ' + f.clientWidth).join()"),
          "formulas that are cut off");
      assertEquals(
          0,
          browser.number(
              """
              return [...document.querySelectorAll('.formula mo')].filter(mo => mo.textContent === '('
                && mo.nextElementSibling?.tagName === 'mfrac'
                && mo.getBoundingClientRect().height < 0.8 * mo.nextElementSibling.getBoundingClientRect().height).length
              """),
          "brackets that are lower than their fraction");
    }
  }

  @Test
  void onANarrowScreenTablesSayThatTheyGoOn() throws IOException {
    for (String optimizer : List.of("gd", "momentum", "adam")) {
      cell(optimizer, 1, round(2, 0.1), round(1, 0.5));
      cell(optimizer, 2, round(2, 0.1), round(0.5, 0.6));
    }
    try (Browser browser = open()) {
      String hints =
          """
          return [...document.querySelectorAll('.scroll')].filter(table => {
            const isCut = table.scrollWidth > table.clientWidth + 1;
            return isCut !== table.classList.contains('more');
          }).length;
          """;
      String cut =
          "return [...document.querySelectorAll('.scroll')].filter(t => t.scrollWidth > t.clientWidth + 1).length";
      String shifted =
          """
          return [...document.querySelectorAll('.scroll')].filter(table => {
            const name = table.querySelector('tbody th').getBoundingClientRect();
            return name.left !== table.getBoundingClientRect().left && name.width < table.clientWidth / 2;
          }).length;
          """;
      for (int width : List.of(400, 1280)) {
        browser.width(width);
        assertEquals(0, browser.number(shifted));
        browser.await("hints where tables are cut off", () -> browser.number(hints) == 0);
        assertEquals(width == 400, browser.number(cut) > 0);
        browser.awaitNothingAside();
      }
      browser.width(400);
      browser.run(
          "document.querySelectorAll('.scroll').forEach(t => { t.scrollLeft = t.scrollWidth; })");
      browser.await(
          "no hint at the end of a table",
          () -> browser.number("return document.querySelectorAll('.scroll.more').length") == 0);
      assertEquals(0, browser.number(shifted), "the names of the rows stay");
      browser.expectNoComplaints();
    }
  }
}
