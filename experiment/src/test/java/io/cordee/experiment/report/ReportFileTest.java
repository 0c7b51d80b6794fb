package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.common.job.Job;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

  /** What a browser would fetch. */
  private static final Pattern LOADS =
      Pattern.compile(
          "(?:src|href|action|poster|data)\\s*=\\s*[\"']?\\s*(?:https?:)?//|url\\(\\s*[\"']?(?:https?:)?//|@import|"
              + "\\bfetch\\(|XMLHttpRequest|WebSocket|EventSource|import\\(|<link|<iframe|<img");

  @TempDir private Path folder;

  private String report(List<Path> folders) throws IOException {
    return ReportFile.html(ReportSource.read(folders, List.of()));
  }

  private Path run(String name, Job job, String rows) {
    return MadeUpRun.write(folder.resolve(name), job, rows);
  }

  private Run cell(String name, Job job, String rows, Map<String, String> settings, long seed) {
    return MadeUpRun.cell(folder.resolve(name), job, rows, settings, seed);
  }

  private static JsonObject data(String html) {
    Matcher found =
        Pattern.compile(
                "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
            .matcher(html);
    assertTrue(found.find());
    return JsonParser.parseString(found.group(1)).getAsJsonObject();
  }

  private static JsonObject firstGroup(String html) {
    return data(html).getAsJsonArray("groups").get(0).getAsJsonObject();
  }

  private String comparison() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String optimizer : List.of("gd", "adam")) {
      for (String batch : List.of("full", "256")) {
        for (long seed = 1; seed <= 2; seed++) {
          Job job =
              MadeUpRun.job(
                  "optimizer.name=" + optimizer, "batch=" + batch, "model.init.seed=" + seed);
          runs.add(
              cell(
                  optimizer + batch + seed,
                  job,
                  MadeUpRun.halving(5, 1),
                  settings(optimizer, batch),
                  seed));
        }
      }
    }
    ComparisonNote note =
        new ComparisonNote(
            "digits",
            List.of("compare", "--vary", "optimizer=gd,adam", "it's"),
            Map.of("optimizer", List.of("gd", "adam")),
            List.of(),
            "5 rounds",
            List.of(),
            List.of());
    return ReportFile.html(ReportSource.of(note, runs, List.of()));
  }

  private static Map<String, String> settings(String optimizer, String batch) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("optimizer", optimizer);
    settings.put("batch", batch);
    return settings;
  }

  @Test
  void itLoadsNothingAndForbidsItself() throws IOException {
    String html = comparison();

    Matcher load = LOADS.matcher(html);
    assertFalse(load.find(), () -> html.substring(Math.max(0, load.start() - 60), load.end() + 60));
    assertTrue(html.contains("default-src 'none'"));
  }

  @Test
  void aComparisonHasTablesAMapAndTheCommandThatMakesItAgain() throws IOException {
    String html = comparison();

    assertTrue(
        html.contains("cordee compare --vary optimizer=gd,adam &#39;it&#39;\\&#39;&#39;s&#39;"));
    assertTrue(html.contains("Rounds to each target"));
    assertTrue(html.contains("data-heat=\"final test accuracy\""));
    assertTrue(html.contains("adam2562"), "every run");
    assertEquals(4, data(html).getAsJsonArray("groups").size());
  }

  @Test
  void seedsAreABandAndOneRunIsNone() throws IOException {
    assertTrue(
        firstGroup(comparison()).getAsJsonObject("curves").getAsJsonObject("loss").has("lo"));
    Path single = run("one", MadeUpRun.job(), MadeUpRun.halving(3, 1));

    assertFalse(
        firstGroup(report(List.of(single)))
            .getAsJsonObject("curves")
            .getAsJsonObject("loss")
            .has("lo"));
  }

  @Test
  void textFromOutsideStaysText() throws IOException {
    String evil = "</script><script>alert(1)</script>\"'&";
    Job job = MadeUpRun.job();
    Path run = run("<i>name", job, MadeUpRun.halving(2, 1));
    MadeUpRun.note(
        run, job, Map.of("optimizer", evil), 1, new RunNote.End(RunNote.End.FAILED, evil));
    Path digest = run("digest", MadeUpRun.job(), "0,1.0,0.1,0.2,0.0,,<b>x</b>\n");
    ComparisonNote note =
        new ComparisonNote(evil, List.of(evil), Map.of(), List.of(), evil, List.of(), List.of());

    for (String html :
        List.of(
            report(List.of(run)),
            report(List.of(run, digest)),
            ReportFile.html(ReportSource.of(note, List.of(MadeUpRun.read(run)), List.of())))) {
      assertFalse(html.contains("<script>alert"), "in the page");
      assertFalse(html.contains("<b>x</b>"), "in a table");
      assertFalse(html.contains("<i>name"), "in a table");
      assertTrue(html.contains("&lt;/script&gt;&lt;script&gt;alert(1)"));
    }
  }

  @Test
  void theBestRoundIsThatOfTheValidationRows() throws IOException {
    Path run = run("one", MadeUpRun.job("data.split={validation: 0.1}"), "");
    Files.writeString(
        run.resolve("metrics.csv"),
        """
        round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest,test_loss,validation_loss,validation_accuracy
        0,2.0,0.1,0.2,0.0,,a,2.1,2.2,0.25
        1,1.0,0.5,0.75,1.0,9.0,b,1.1,0.5,0.5
        2,0.5,0.9,0.875,2.0,9.0,c,0.9,0.75,0.625
        """);
    String html = report(List.of(run));
    assertEquals("[1]", firstGroup(html).getAsJsonArray("best").toString());
    assertTrue(html.contains("<dt>best round</dt><dd>1</dd>"), html);
    assertTrue(html.contains("<dt>validation loss at best round</dt><dd>0.5000</dd>"), html);
    assertTrue(html.contains("<dt>test accuracy at best round</dt><dd>0.7500</dd>"), html);
    assertFalse(html.contains("best test accuracy"), "that would be chosen by the test rows");
  }

  @Test
  void whatAModelIsTakenForIsShownByLabel() throws IOException {
    Path run = run("one", MadeUpRun.job(), MadeUpRun.halving(3, 1));
    String evaluation =
        """
        {"source": "rows<1>.csv", "rows": 8, "loss": 0.25, "accuracy": 0.875, "classes": ["a", "<b>"],
        "confusion": [[3, 1], [0, 4]], "calibration": [{"rows": 8, "confidence": 0.9, "accuracy": 0.875}]}
        """;
    Files.writeString(run.resolve("evaluation.json"), evaluation);
    String html = report(List.of(run));
    assertTrue(html.contains("8 rows of rows&lt;1&gt;.csv"), html);
    assertTrue(html.contains("--v:75%\">3<small>75 %</small>"), html);
    assertTrue(html.contains("&lt;b&gt;") && html.contains("actual / predicted"), html);
    Files.writeString(run.resolve("evaluation.json"), evaluation.substring(0, 60));
    assertFalse(report(List.of(run)).contains("<h2>Evaluation</h2>"), "cut short");
    Files.writeString(run.resolve("evaluation.json"), "{\"rows\": 3}");
    assertFalse(report(List.of(run)).contains("<h2>Evaluation</h2>"), "of another kind");
  }

  @Test
  void baselineAndImportanceAreShownWhereTheyAreKnown() throws IOException {
    Path run = run("run", MadeUpRun.job(), MadeUpRun.halving(3, 1));
    Files.writeString(
        run.resolve("evaluation.json"),
        """
        {"source": "rows.csv", "rows": 8, "loss": 0.25, "accuracy": 0.875,
        "baseline": {"predicts": "class '<b>'", "accuracy": 0.5},
        "importance": {"score": "accuracy", "rows": 8, "shuffles": 5, "leftOut": ["<late>"],
        "columns": [{"column": "<x>", "drop": 0.25}, {"column": "y", "drop": -0.125}]}}
        """);
    String html = report(List.of(run));

    assertEquals(
        0.5, firstGroup(html).getAsJsonObject("baseline").get("test_accuracy").getAsDouble());
    assertTrue(
        html.contains("accuracy 0.5000 by always predicting class &#39;&lt;b&gt;&#39;"), html);
    assertTrue(html.contains(">&lt;x&gt;</text>") && html.contains(">0.2500</text>"), html);
    assertTrue(html.contains("No time was left for &lt;late&gt;."), html);
    // The bars begin where a drop is 0, a third of their width from the left.
    assertTrue(html.contains("d=\"M290.0 4h160.0v14h-160.0z\""), html);
    assertTrue(html.contains("d=\"M210.0 26h80.0v14h-80.0z\""), html);
  }

  @Test
  void skewedTargetsStandOnLogAxes() throws IOException {
    Path run = run("run", MadeUpRun.job(), MadeUpRun.halving(3, 1));
    String scores = "{\"source\": \"rows.csv\", \"rows\": 3, \"loss\": 0.25, \"values\": ";
    Files.writeString(run.resolve("evaluation.json"), scores + "[[1, 1], [10, 10], [100, 0.5]]}");
    String html = report(List.of(run));
    assertTrue(html.contains("Predictions (log axes; lowest at the edge)"), html);
    // 10 is half way from 1 to 100.
    assertTrue(html.contains("<circle cx=\"204.0\" cy=\"166.0\""), html);

    for (String plain : List.of("[[1, 1], [50, 10], [100, 3]]", "[[-1, 1], [1, 1], [100, 3]]")) {
      Files.writeString(run.resolve("evaluation.json"), scores + plain + "}");
      assertFalse(report(List.of(run)).contains("log axes"), plain);
    }
  }

  @Test
  void aRunBeginsWithWhatItsCurvesSay() throws IOException {
    String html = report(List.of(run("run", MadeUpRun.job(), MadeUpRun.halving(60, 60))));
    assertTrue(html.contains("<p class=\"reading\">"), html);
    Path other = run("other", MadeUpRun.job(), MadeUpRun.halving(2, 1));
    String both = report(List.of(folder.resolve("run"), other));
    assertFalse(both.contains("<p class=\"reading\">"), both);
  }

  @Test
  void runsAreComparedByWhatDiffersBetweenTheirJobs() throws IOException {
    Path one = run("one", MadeUpRun.job(), MadeUpRun.halving(3, 1));
    Path other =
        run("other", MadeUpRun.job("optimizer=adam", "partitions=7"), MadeUpRun.halving(3, 1));
    String html = report(List.of(one, other));
    assertTrue(html.contains("Differences between the jobs"), html);
    assertTrue(html.contains("<th scope=\"row\">partitions</th><td>32</td><td>7</td>"), html);
    assertTrue(
        html.contains("<th scope=\"row\">optimizer.name</th><td>rprop</td><td>adam</td>"), html);
    assertFalse(html.contains("<th scope=\"row\">model.layers</th>"), html);
  }

  @Test
  void whatLooksLikeAPlaceOfTheTemplateIsLeftAsItIs() throws IOException {
    Run run = MadeUpRun.read(run("place", MadeUpRun.job(), MadeUpRun.halving(2, 1)));
    ComparisonNote note = MadeUpRun.comparison("{{script}} $1");

    String html = ReportFile.html(ReportSource.of(note, List.of(run), List.of()));

    assertTrue(html.contains("<h1>{{script}} $1</h1>"));
  }

  @Test
  void runsWithoutRowsOrWithLossesThatAreNoNumbersAreShownAsFarAsTheyGo() throws IOException {
    Path empty = run("empty", MadeUpRun.job(), "");
    Path one = run("one", MadeUpRun.job(), "0,2.5,0.1,0.2,0.0,,a\n");
    Path diverged =
        run(
            "nan",
            MadeUpRun.job(),
            "0,2.5,0.1,0.2,0.0,,a\n1,NaN,0.1,,1.0,9.0,b\n2,Infinity,0.1,,2.0,9.0,c\n");

    for (List<Path> folders :
        List.of(List.of(empty), List.of(one), List.of(diverged), List.of(empty, one, diverged))) {
      String html = report(folders);
      assertFalse(data(html).toString().contains("NaN"), folders::toString);
    }
    assertEquals(
        1,
        firstGroup(report(List.of(diverged)))
            .getAsJsonObject("curves")
            .getAsJsonObject("loss")
            .getAsJsonArray("m")
            .size());
  }

  @Test
  void tenThousandRoundsMakeASmallFile() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int round = 0; round <= 20_000; round++) {
      rows.append(
          round
              + ","
              + 2.0 / (1 + round)
              + ",0.5,"
              + (round % 10 == 0 ? "0.5" : "")
              + ","
              + round / 7.0
              + ",10.0,0123456789abcdef\n");
    }
    Path run = run("long", MadeUpRun.job(), rows.toString());

    String html = report(List.of(run));
    JsonObject loss = firstGroup(html).getAsJsonObject("curves").getAsJsonObject("loss");

    assertTrue(html.length() < 150_000, () -> "characters: " + html.length());
    assertTrue(loss.getAsJsonArray("r").size() <= GroupCurve.MOST);
    assertEquals(0, loss.getAsJsonArray("r").get(0).getAsInt());
    assertEquals(
        20_000, loss.getAsJsonArray("r").get(loss.getAsJsonArray("r").size() - 1).getAsInt());
    assertEquals(2.0, loss.getAsJsonArray("m").get(0).getAsDouble());
  }

  @Test
  void aFolderOfRunsIsAllOfThem() throws IOException {
    run("runs/a", MadeUpRun.job(), MadeUpRun.halving(2, 1));
    run("runs/b", MadeUpRun.job(), MadeUpRun.halving(2, 1));

    String html = report(List.of(folder.resolve("runs")));

    assertEquals(2, data(html).getAsJsonArray("groups").size());
    assertTrue(html.contains("<h1>2 runs</h1>"));
  }

  private Path trainedBy(String name, RunNote.Team team) {
    Job job = MadeUpRun.job();
    Path run = run(name, job, MadeUpRun.halving(2, 1));
    return MadeUpRun.note(
        run, job, team, Map.of(), 0, new RunNote.End(RunNote.End.COMPLETED, "done"));
  }

  @Test
  void teamsThatDifferAreAllNamedAndStandBesideEachRun() throws IOException {
    Path two = trainedBy("two", new RunNote.Team(2, 1, 1, "processes"));
    Path four = trainedBy("four", new RunNote.Team(4, 1, 1, "processes"));
    Path alone = trainedBy("alone", new RunNote.Team(1, 1, 1, "one process"));

    String same = report(List.of(four));
    assertTrue(same.contains("4 workers (processes)"));
    assertFalse(same.contains("<td>4 workers (processes)</td>"), "there is nothing to tell apart");
    String both = report(List.of(four, two));
    assertTrue(both.contains("2 or 4 workers (processes)"));
    assertTrue(both.contains("<td>2 workers (processes)</td>"));
    assertTrue(
        report(List.of(two, alone)).contains("2 workers (processes) or 1 worker (one process)"));
  }

  @Test
  void runsOnDifferentDataAreSaidToBe() throws IOException {
    String said = "These are runs of different jobs: digits, other.";
    Path digits = run("a", MadeUpRun.job(), MadeUpRun.halving(5, 1));
    Path same = run("b", MadeUpRun.job("name=other"), MadeUpRun.halving(5, 1));
    assertFalse(report(List.of(digits, same)).contains(said));
    Job csv =
        MadeUpRun.job(
            "name=other", "data={train: {format: csv, file: rows.csv, label: y, header: true}}");
    Path other = run("c", csv, MadeUpRun.halving(5, 1));
    assertTrue(report(List.of(digits, other)).contains(said));
  }

  @Test
  void cellsGivenOneByOneAreGroupedByTheirSettings() throws IOException {
    List<Path> cells = new ArrayList<>();
    for (long seed = 1; seed <= 2; seed++) {
      for (String optimizer : List.of("gd", "adam")) {
        String rows = MadeUpRun.halving(2, 1);
        Run cell = cell(optimizer + seed, MadeUpRun.job(), rows, settings(optimizer, "full"), seed);
        cells.add(cell.folder());
      }
    }
    String html = report(cells);

    assertEquals(2, data(html).getAsJsonArray("groups").size());
    assertTrue(html.contains("<h1>digits: optimizer</h1>"));
  }

  /** Of each optimizer and batch, the test accuracies of its seeds over the rounds. */
  private ReportSource optimizers(Map<String, List<String>> accuracies) {
    List<Run> runs = new ArrayList<>();
    accuracies.forEach(
        (optimizer, seeds) -> {
          for (int seed = 1; seed <= seeds.size(); seed++) {
            StringBuilder rows = new StringBuilder();
            String[] rounds = seeds.get(seed - 1).split(" ");
            for (int round = 0; round < rounds.length; round++) {
              rows.append(round + ",1.0,0.5," + rounds[round] + "," + round + ".0,,a\n");
            }
            Job job = MadeUpRun.job("model.init.seed=" + seed);
            String[] words = (optimizer + " full").split(" ");
            Map<String, String> settings = settings(words[0], words[1]);
            runs.add(cell(optimizer + seed, job, rows.toString(), settings, seed));
          }
        });
    return ReportSource.of(MadeUpRun.comparison("x", "0.9"), runs, List.of());
  }

  private static String row(String html, String table, String first) {
    String begin = "<tr><th scope=\"row\">" + first + "</th>";
    int at = html.indexOf(begin, html.indexOf(table));
    return html.substring(at + begin.length(), html.indexOf("</tr>", at));
  }

  @Test
  void theLeastIsBoldOnlyWhereEverySeedHasReachedTheTarget() throws IOException {
    String html =
        ReportFile.html(
            optimizers(
                Map.of(
                    "lucky", List.of("0.1 0.95", "0.1 0.2", "0.1 0.2"),
                    "sure", List.of("0.1 0.5 0.95", "0.1 0.5 0.95", "0.1 0.5 0.95"))));

    String table = "Rounds to each target";
    assertEquals("<td class=\"n\">1 (1 of 3)</td>", row(html, table, "lucky"));
    assertEquals("<td class=\"n best\">2</td>", row(html, table, "sure"));
  }

  @Test
  void whatNoOptimizerReachesWithEverySeedHasNoBest() throws IOException {
    String html =
        ReportFile.html(
            optimizers(Map.of("a", List.of("0.1 0.95", "0.1"), "b", List.of("0.1", "0.1"))));

    assertFalse(html.contains("class=\"n best\""));
  }

  @Test
  void anOptimizerByItselfIsNotTheBest() throws IOException {
    String html = ReportFile.html(optimizers(Map.of("a", List.of("0.1 0.95"))));

    assertFalse(html.contains("least"));
    assertFalse(html.contains("class=\"n best\""));
  }

  @Test
  void theAccuracyOfWhatIsSavedStandsBeforeTheBestOfAllRounds() throws IOException {
    String html =
        ReportFile.html(
            optimizers(Map.of("a", List.of("0.1 0.9 0.8"), "b", List.of("0.1 0.6 0.7"))));

    assertTrue(html.contains("final test accuracy</th>"));
    assertTrue(
        row(html, ">Results</caption", "a")
            .contains("<td class=\"n\">0.8000</td><td class=\"n\">0.9000</td>"));
  }

  @Test
  void withoutTestRowsThereIsNoColumnOfThem() throws IOException {
    String html = ReportFile.html(optimizers(Map.of("a", List.of(""), "b", List.of(""))));

    assertTrue(html.contains("final loss</th>"));
    assertFalse(html.contains("final test accuracy"));
    assertFalse(html.contains("best test accuracy"));
  }

  @Test
  void whereSettingsAreFromIsSaidOnlyIfItIsKnown() throws IOException {
    String table = "Optimizer settings";
    assertTrue(row(comparison(), table, "gd full").endsWith("<td>preset</td>"));

    String single = report(List.of(run("one", MadeUpRun.job(), MadeUpRun.halving(2, 1))));

    assertTrue(row(single, table, "digits").endsWith("after_flip freeze</td>"));
  }

  @Test
  void aMapShadesWhatATargetTakesOnlyWhereEverySeedHasReachedIt() throws IOException {
    String html =
        ReportFile.html(
            optimizers(
                Map.of(
                    "a full", List.of("0.1 0.95", "0.1"),
                    "a 64", List.of("0.1 0.2 0.95", "0.1 0.2 0.95"),
                    "b full", List.of("0.1", "0.1"),
                    "b 64", List.of("0.1 0.2 0.3 0.95", "0.1 0.2 0.3 0.95"))));

    String row = row(html, "data-heat=\"rounds to", "a");
    assertTrue(row.contains("<td class=\"n none\">1 (1 of 2)</td>"), row);
    assertTrue(row.contains("<td class=\"n heat deep\" style=\"--v:100%\">2</td>"), row);
  }

  @Test
  void comparisonsOfDifferentJobsAreNotOneOfMoreSeeds() throws IOException {
    for (String name : List.of("first", "second")) {
      Job job = MadeUpRun.job("name=" + name, "stop.rounds=" + name.length());
      cell(name + "/cells/gd_seed-1", job, MadeUpRun.halving(2, 1), Map.of("optimizer", "gd"), 1);
    }
    String html = report(List.of(folder.resolve("first"), folder.resolve("second")));

    assertTrue(html.contains("<h1>first, second: comparison</h1>"));
    assertEquals(2, data(html).getAsJsonArray("groups").size());
    assertFalse(html.contains("2 seeds"));
    for (String name : List.of("first", "second")) {
      assertTrue(html.contains(name + "/cells/gd_seed-1</th>"), "each run by its own name");
    }
  }

  @Test
  void aFolderWithoutRunsIsRefused() throws IOException {
    Path none = Files.createDirectories(folder.resolve("none"));

    for (Path wrong : List.of(none, folder.resolve("nowhere"))) {
      IOException refused = assertThrows(IOException.class, () -> report(List.of(wrong)));
      assertTrue(refused.getMessage().contains(wrong.toString()), refused::getMessage);
    }
  }

  @Test
  void theMedianOfSeedsEndsWhereFewerThanHalfGoOn() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      Job job = MadeUpRun.job("model.init.seed=" + seed);
      String rows = MadeUpRun.halving(2 * seed, 1);
      runs.add(cell("seed" + seed, job, rows, Map.of("optimizer", "gd"), seed));
    }
    ReportSource source = ReportSource.of(MadeUpRun.comparison("x"), runs, List.of());

    JsonObject loss =
        firstGroup(ReportFile.html(source)).getAsJsonObject("curves").getAsJsonObject("loss");

    assertEquals("[0,1,2,3,4]", loss.getAsJsonArray("r").toString());
  }
}
