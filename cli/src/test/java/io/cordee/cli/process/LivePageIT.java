package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.observe.Observation;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.web.Door;
import io.cordee.server.web.Metrics;
import io.cordee.server.web.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class LivePageIT extends InFolder {

  private static final String SECRET = "the-rope-that-holds-us-all";
  private static final String ENDLESS = "--set=stop.rounds=1000000";
  private static final String CURVE =
      "return document.querySelector('#loss-chart canvas')?.toDataURL() ?? ''";

  /** Whether there is more than text and grid in the last quarter of the chart. */
  private static final String COLOURED =
      """
      const canvas = document.querySelector('#loss-chart canvas');
      if (!canvas) return false;
      const from = Math.floor(canvas.width * 3 / 4);
      const dots = canvas.getContext('2d').getImageData(from, 0, canvas.width - from, canvas.height).data;
      for (let i = 0; i < dots.length; i += 4) {
        const dot = dots.slice(i, i + 3);
        if (dots[i + 3] > 128 && Math.max(...dot) - Math.min(...dot) > 80) return true;
      }
      return false""";

  private CordeeProcess server(String... more) {
    return cordee()
        .server(
            Stream.concat(Stream.of("--ui=127.0.0.1:0", ENDLESS), Stream.of(more))
                .toArray(String[]::new));
  }

  private CordeeProcess worker(CordeeProcess server, String name, String... more) {
    return cordee().worker(server.address(), name, more);
  }

  private Browser browser() throws IOException {
    return Browser.start(Files.createTempDirectory(folder, "browser-"));
  }

  private static Object pressed(Browser browser, String id) {
    return browser.run("return document.getElementById('" + id + "').getAttribute('aria-pressed')");
  }

  private static int round(Browser browser) {
    return Integer.parseInt(browser.text("round").split(" ")[0].replace(",", ""));
  }

  private static void awaitRound(Browser browser, int round) {
    browser.await("round " + round, () -> browser.shows("main") && round(browser) >= round);
  }

  @Test
  void curvesMoveAndAWorkerThatIsKilledShowsAsGone() throws IOException {
    try (CordeeProcess server = server("--workers=3");
        CordeeProcess ann = worker(server, "ann");
        CordeeProcess ben = worker(server, "ben");
        CordeeProcess cid = worker(server, "cid");
        Browser browser = browser()) {
      browser.open(server.said("page at "));
      awaitRound(browser, 10);
      assertEquals("digits", browser.text("name"));
      assertEquals("training", browser.text("phase"));
      for (String name : List.of("ann", "ben", "cid")) {
        browser.await(name + " at work", () -> browser.row("workers", name).contains("working"));
      }
      browser.await("step sizes of layer 2", () -> browser.row("layers", "layer2").contains("%"));

      String curve = (String) browser.run(CURVE);
      int before = round(browser);
      browser.await("a curve that moves", () -> !browser.run(CURVE).equals(curve));
      awaitRound(browser, before + 1);

      ben.kill();
      browser.await("ben as gone", () -> browser.row("workers", "ben").contains("gone"));
      browser.await(
          "word of it",
          () -> browser.text("events").contains("ben left: the connection was lost; 2 connected"));
      assertTrue(browser.row("workers", "ann").contains("working"));
      awaitRound(browser, round(browser) + 5);

      assertEquals("true", pressed(browser, "scale"));
      assertEquals("false", pressed(browser, "axis"));
      browser.click("scale");
      browser.click("axis");
      assertEquals("log", browser.text("scale"));
      assertEquals("by time", browser.text("axis"));
      assertEquals("false", pressed(browser, "scale"));
      assertEquals("true", pressed(browser, "axis"));
      for (int width : List.of(1280, 400)) {
        browser.width(width);
        browser.awaitNothingAside();
      }
      browser.expectNoComplaints();

      server.interrupt();
      browser.await("the end", () -> browser.text("lost").startsWith("The job is over"));
      assertTrue(browser.text("lost").contains("the report (report.html)"), browser.text("lost"));
      assertEquals("interrupted", browser.text("phase"));
      // Longer than a browser waits before it reconnects.
      browser.run("window.later = false; setTimeout(() => { window.later = true }, 5000)");
      browser.await("a while", () -> Boolean.TRUE.equals(browser.run("return window.later")));
      browser.expectNoComplaints();
      ann.awaitEnd();
      cid.awaitEnd();
    }
  }

  @Test
  void aLossThatVanishesIsDrawnToItsEnd() throws IOException {
    write("rows.csv", "x,y\n1,0\n-1,0\n");
    write(
        "job.yaml",
        """
        model: {layers: [1, 1], output: linear}
        data: {train: {format: csv, file: rows.csv, targets: [y]}}
        optimizer: {name: gd, learning_rate: 0.5}
        partitions: 1
        stop: {rounds: 60}
        """);
    // A round halves each weight, and leaves a quarter of the loss: 4^60 is 1e36.
    try (CordeeProcess server = server("--job=job.yaml", "--set=stop.rounds=60");
        Browser browser = browser()) {
      browser.open(server.said("page at "));
      try (CordeeProcess ann = worker(server, "ann", "--data=.")) {
        ann.awaitEnd();
      }
      browser.await("the end", () -> browser.text("lost").startsWith("The job is over"));
      browser.await("a curve", () -> Boolean.TRUE.equals(browser.run(COLOURED)));
      browser.expectNoComplaints();
    }
  }

  @Test
  void withATokenThePageAsksForIt() throws IOException {
    String token = "--token-file=" + write("token", SECRET + "\n");
    try (CordeeProcess server = server(token);
        CordeeProcess ann = worker(server, "ann", token);
        Browser browser = browser()) {
      browser.open(server.said("page at "));
      browser.await("a form", () -> browser.shows("login"));
      assertFalse(browser.shows("main"));
      browser.type("token", "another-rope-altogether");
      browser.await("a refusal", () -> browser.text("refused").contains("not this server's token"));
      browser.run("document.getElementById('token').value = ''");
      browser.type("token", SECRET);
      awaitRound(browser, 1);
      assertEquals("", browser.run("return document.cookie"), "scripts cannot read it");
      browser.open(server.said("page at "));
      awaitRound(browser, 1);
      assertFalse(browser.shows("login"));
      ann.kill();
    }
  }

  @Test
  void aServerThatWasKilledAndGoesOnShowsItsRunFromTheFirstRound() throws IOException {
    try (CordeeProcess server = server("--workers=1", "--set=checkpoint={every: 5}");
        CordeeProcess ann = worker(server, "ann");
        Browser browser = browser()) {
      browser.open(server.said("page at "));
      awaitRound(browser, 20);
      server.kill();
      ann.kill();
      browser.await("word of it", () -> browser.text("lost").startsWith("The server cannot be"));

      try (CordeeProcess next =
          cordee().start("server", "--listen=127.0.0.1:0", "--ui=127.0.0.1:0", "--resume=run")) {
        String page = next.said("page at ");
        browser.open(page);
        browser.await("that it goes on", () -> browser.text("events").contains("resumed at round"));
        awaitRound(browser, 15);
        assertFalse(browser.text("events").matches("(?s).*round 0\\b.*"), browser.text("events"));
        assertTrue(browser.shows("loss-chart"));
        assertFalse(browser.text("loss-chart").contains("no data yet"));
        browser.open(page + "api/state");
        String state = browser.text();
        assertTrue(state.contains("\"points\":[[0,"), state);
      }
    }
  }

  // ---- size ----

  private static final int WORKERS = 64;

  private static Job manyRounds() {
    return JobFile.defaultJob(List.of("stop.rounds=20000", "evaluate_every=1"));
  }

  private static void round(Observation observation, List<WorkerId> workers, int round) {
    observation.roundBegan(round, System.nanoTime());
    for (WorkerId worker : workers) {
      observation.arrived(worker, round, 1 + worker.number(), System.nanoTime());
    }
    observation.roundEnded(round, System.nanoTime());
    Tally tally = new Tally(1000, 1000.0 / (1 + round), 900, 0);
    observation.measured(
        Measurement.of(
            List.of(),
            round,
            tally,
            new Evaluated(Optional.empty(), Optional.of(tally)),
            Optional.empty(),
            round / 100.0,
            OptionalDouble.of(1e6),
            ""));
    observation.warned("something to tell in round " + round);
  }

  private static List<WorkerId> team(Observation observation) {
    List<WorkerId> workers = new ArrayList<>();
    for (int i = 1; i <= WORKERS; i++) {
      WorkerId worker = new WorkerId(i, "worker-" + i);
      Traffic.Line line = observation.traffic().open(worker, 2, () -> 0);
      line.received(Encoding.FLOAT32, 1, 1_000_000, 0, 1000);
      observation.joined(worker, i);
      workers.add(worker);
    }
    observation.started(WORKERS, 100);
    return workers;
  }

  @Test
  void withManyWorkersAndRoundsThePageDoesNotGrow() throws IOException {
    Observation observation = new Observation(manyRounds(), 1);
    Door open = new Door(Optional.empty(), Optional.empty(), Set.of());
    Optional<Observation> shown = Optional.of(observation);
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    List<WorkerId> workers = team(observation);
    try (WebServer server = new WebServer(anywhere, open, shown, Metrics.of(observation));
        Browser browser = browser()) {
      browser.open("http://127.0.0.1:" + server.port());
      for (int round = 0; round < 2_000; round++) {
        round(observation, workers, round);
      }
      awaitRound(browser, 1_999);
      long elements = browser.number("return document.querySelectorAll('*').length");
      long heap = browser.heap();
      // A few hundred at a time, so that the page gets them as updates.
      for (int round = 2_000; round < 12_000; round++) {
        round(observation, workers, round);
        if (round % 500 == 499) {
          awaitRound(browser, round);
        }
      }
      assertEquals(
          WORKERS, browser.number("return document.getElementById('workers').children.length"));
      assertEquals(elements, browser.number("return document.querySelectorAll('*').length"), 40);
      long grown = browser.heap() - heap;
      assertTrue(grown < 3_000_000, "the heap has grown by " + grown + " bytes from " + heap);
      browser.expectNoComplaints();
    }
  }
}
