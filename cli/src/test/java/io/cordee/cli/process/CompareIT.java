package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cordee compare} and {@code cordee report}. */
class CompareIT {

  private static final String[] GRID = {
    "compare", "--vary=rule=gd,rprop", "--seeds=2", "--budget=rounds=6", "--out=c"
  };

  @TempDir private Path folder;

  private List<String> results() throws Exception {
    return Files.readAllLines(folder.resolve("c/results.csv"));
  }

  private Run cell(String name) {
    return Cordee.in(folder).runFolder("c/cells/" + name);
  }

  @Test
  void smallJobsAreComparedInOneProcessWithTheDigestsOfATeam() throws Exception {
    Cordee cordee = Cordee.in(folder);

    Ended ended = cordee.run(GRID).expectSuccess();

    assertEquals("", ended.err());
    assertEquals(5, results().size());
    assertTrue(ended.out().contains("[4/4] rprop, seed 2: loss "), ended::toString);
    assertTrue(ended.out().endsWith("report c/report.html\n"), ended::toString);
    Run cell = cell("rprop_seed-2");
    assertEquals(6, cell.last().round());

    cordee
        .run(
            "compare",
            "--vary=rule=rprop",
            "--seeds=2..2",
            "--budget=rounds=6",
            "--out=t",
            "--processes",
            "--workers=2")
        .expectSuccess();

    assertEquals(cell.last().digest(), cordee.runFolder("t/cells/rprop_seed-2").last().digest());
  }

  @Test
  void whatIsFinishedIsNotDoneAgain() throws Exception {
    Cordee cordee = Cordee.in(folder);
    cordee.run(GRID).expectSuccess();
    String before = Files.readString(folder.resolve("c/cells/gd_seed-1/metrics.csv"));
    Files.delete(folder.resolve("c/cells/gd_seed-2/run.json"));

    Ended again = cordee.run(GRID).expectSuccess();

    assertTrue(
        again.out().contains("4 cells in c; 3 of them are finished already"), again::toString);
    assertEquals(before, Files.readString(folder.resolve("c/cells/gd_seed-1/metrics.csv")));
  }

  @Test
  void anInterruptKeepsWhatIsFinishedAndSaysHowToGoOn() throws Exception {
    try (CordeeProcess process =
        Cordee.in(folder).start("compare", "--vary=stop.rounds=3,100000000", "--out=c")) {
      process.await("the second cell", () -> cell("100000000_seed-1").measured() > 10);
      process.interrupt();
      Ended ended = process.awaitEnd();
      process.awaitNothingLeft();

      assertEquals(130, ended.exitCode(), ended::toString);
      assertTrue(
          ended
              .out()
              .contains(
                  "interrupted: 1 of 2 cells are finished; give the same command with --out c to continue"),
          ended::toString);
    }
    assertEquals(2, results().size(), "the header and the cell that was finished");
  }

  @Test
  void aCellThatDivergesIsNotedAndTheOthersGoOn() throws Exception {
    Ended ended =
        Cordee.in(folder)
            .run(
                "compare",
                "--vary=rule.learning_rate=1e38,0.1",
                "--set=rule.name=gd",
                "--budget=rounds=5",
                "--out=c",
                "--processes",
                "--workers=1")
            .expectSuccess();

    assertEquals("", ended.err());
    assertTrue(results().get(1).startsWith("1e38,1,failed,"), results().get(1));
    assertTrue(results().get(1).contains("not finite"), results().get(1));
    assertTrue(results().get(2).startsWith("0.1,1,completed,5,"), results().get(2));
  }

  @Test
  void aSettingThatIsGivenIsForTheRulesThatHaveIt() throws Exception {
    Cordee.in(folder)
        .run(
            "compare",
            "--vary=rule=gd,momentum",
            "--set=rule.beta=0.5",
            "--budget=rounds=2",
            "--out=c")
        .expectSuccess();

    assertTrue(results().get(1).contains(",learning_rate=0.5 "), results().get(1));
    assertTrue(results().get(2).contains(",learning_rate=0.2 beta=0.5 "), results().get(2));
    assertTrue(results().get(2).contains(",preset; set beta,"), results().get(2));
  }

  @Test
  void wrongUseIsSaidBeforeAnythingIsTrained() {
    Cordee cordee = Cordee.in(folder);
    for (String[] wrong :
        List.of(
            new String[] {"compare", "--vary=rule=gd,adm", "--out=c"},
            new String[] {"compare", "--vary=rule", "--out=c"},
            new String[] {"compare", "--vary=rule=gd,adam", "--set=rule.bta=1", "--out=c"},
            new String[] {"compare", "--seeds=0", "--out=c"},
            new String[] {"compare", "--budget=hours=1", "--out=c"},
            new String[] {"compare", "--tune=learning_rate", "--out=c"},
            new String[] {"compare", "--preset=none.yaml", "--out=c"},
            new String[] {"compare", "--targets=85", "--out=c"},
            new String[] {"compare", "none.yaml", "--out=c"},
            new String[] {"report", "none", "--charts=x"})) {
      Ended ended = cordee.run(wrong);

      assertEquals(2, ended.exitCode(), ended::toString);
      assertFalse(ended.err().contains("\tat "), ended::toString);
      assertFalse(Files.exists(folder.resolve("c")), ended::toString);
    }
  }

  @Test
  void reportsAreMadeAnewOfAnythingThatHoldsRuns() throws Exception {
    Cordee cordee = Cordee.in(folder);
    cordee.run(GRID).expectSuccess();
    Files.delete(folder.resolve("c/report.html"));
    Files.delete(folder.resolve("c/results.csv"));

    cordee.run("report", "c", "--targets=0.5,loss:1.5", "--svg").expectSuccess();

    assertTrue(Files.readString(folder.resolve("c/report.html")).contains("loss ≤ 1.5"));
    assertTrue(results().get(0).contains("rounds_to_0.5"), results().get(0));
    assertTrue(Files.exists(folder.resolve("c/charts/loss-over-rounds.svg")));
    cordee
        .run("report", "c/cells/gd_seed-1", "c/cells/gd_seed-2", "--out=two.html")
        .expectSuccess();
    assertTrue(Files.exists(folder.resolve("two.html")));
    Path metrics = folder.resolve("c/cells/gd_seed-1/metrics.csv");
    Files.writeString(metrics, Files.readString(metrics).replaceFirst("(?m)^3,.*$", "3,damaged"));
    Ended damaged = cordee.run("report", "c").expectSuccess();
    assertTrue(
        damaged.err().contains("metrics.csv, line 5: expected 7 values; found \"3,damaged\""),
        damaged::toString);
    Ended nowhere = cordee.run("report", "c", "--out=x/y/z.html");
    assertEquals(1, nowhere.exitCode(), nowhere::toString);
    assertTrue(nowhere.err().contains("z.html: there is no folder "), nowhere::toString);
    assertFalse(nowhere.err().contains(".tmp"), nowhere::toString);
    Ended none = cordee.run("report", "nowhere");
    assertEquals(1, none.exitCode(), none::toString);
    assertTrue(none.err().contains("nowhere: no such folder"), none::toString);
  }
}
