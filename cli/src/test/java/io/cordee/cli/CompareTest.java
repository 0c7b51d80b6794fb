package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareTest extends InFolder {

  private Ended grid() {
    return compare("--vary=optimizer=gd,rprop", "--seeds=2", "--budget=rounds=6");
  }

  private Ended compare(String... arguments) {
    List<String> out = List.of("compare", "--out=" + path("c"));
    return Typed.run(out, arguments);
  }

  private List<String> results() throws Exception {
    return Files.readAllLines(folder.resolve("c/results.csv"));
  }

  private Run cell(String name) {
    return new Run(folder.resolve("c/cells/" + name));
  }

  @Test
  void smallJobsAreComparedInOneProcess() throws Exception {
    Ended ended = grid().expectSuccess();

    assertEquals("", ended.err());
    assertEquals(5, results().size());
    ended.expectOut("[4/4] rprop, seed 2: loss ");
    assertTrue(ended.out().endsWith("report " + path("c/report.html") + "\n"), ended::toString);
    Run cell = cell("rprop_seed-2");
    assertEquals(6, cell.last().round());
  }

  @Test
  void whatIsFinishedIsNotDoneAgain() throws Exception {
    grid().expectSuccess();
    String before = read("c/cells/gd_seed-1/metrics.csv");
    Files.delete(folder.resolve("c/cells/gd_seed-2/run.json"));

    Ended again = grid().expectSuccess();

    again.expectOut("4 cells in " + path("c") + "; 3 of them are finished already");
    assertEquals(before, read("c/cells/gd_seed-1/metrics.csv"));
  }

  @Test
  void aSettingThatIsGivenIsForTheOptimizersThatHaveIt() throws Exception {
    compare("--vary=optimizer=gd,momentum", "--set=optimizer.beta=0.5", "--budget=rounds=2")
        .expectSuccess();

    assertTrue(results().get(1).contains(",learning_rate=0.5 "), results().get(1));
    assertTrue(results().get(2).contains(",learning_rate=0.2 beta=0.5 "), results().get(2));
    assertTrue(results().get(2).contains(",preset; set beta,"), results().get(2));
  }

  @Test
  void wrongUseIsSaidBeforeAnythingIsTrained() {
    for (String[] wrong :
        List.of(
            new String[] {"--vary=optimizer=gd,adm"},
            new String[] {"--vary=optimizer"},
            new String[] {"--vary=optimizer=gd,adam", "--set=optimizer.bta=1"},
            new String[] {"--seeds=0"},
            new String[] {"--budget=hours=1"},
            new String[] {"--tune=learning_rate"},
            new String[] {"--preset=none.yaml"},
            new String[] {"--targets=85"},
            new String[] {"none.yaml"})) {
      Ended ended = compare(wrong);

      ended.expect(2);
      assertFalse(ended.err().contains("\tat "), ended::toString);
      assertFalse(Files.exists(folder.resolve("c")), ended::toString);
    }
    Typed.run("report", "none", "--charts=x").expect(2);
  }

  @Test
  void reportsAreMadeAnewOfAnythingThatHoldsRuns() throws Exception {
    grid().expectSuccess();
    Files.delete(folder.resolve("c/report.html"));
    Files.delete(folder.resolve("c/results.csv"));

    Typed.run("report", path("c"), "--targets=0.5,loss:1.5", "--svg").expectSuccess();

    assertTrue(read("c/report.html").contains("loss ≤ 1.5"));
    assertTrue(results().get(0).contains("rounds_to_0.5"), results().get(0));
    assertTrue(Files.exists(folder.resolve("c/charts/loss-over-rounds.svg")));
    Typed.run(
            "report",
            path("c/cells/gd_seed-1"),
            path("c/cells/gd_seed-2"),
            "--out=" + path("two.html"))
        .expectSuccess();
    assertTrue(Files.exists(folder.resolve("two.html")));
    Path metrics = folder.resolve("c/cells/gd_seed-1/metrics.csv");
    Files.writeString(metrics, Files.readString(metrics).replaceFirst("(?m)^3,.*$", "3,damaged"));
    Ended damaged = Typed.run("report", path("c")).expectSuccess();
    damaged.expectErr("metrics.csv, line 5: expected 14 values; found \"3,damaged\"");
    Ended nowhere = Typed.run("report", path("c"), "--out=" + path("x/y/z.html"));
    nowhere.expect(1, "z.html: there is no folder ");
    assertFalse(nowhere.err().contains(".tmp"), nowhere::toString);
    Typed.run("report", "nowhere").expect(1, "nowhere: no such folder");
  }
}
