package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.team.InProcessTeam;
import io.cordee.common.job.file.JobFile;
import io.cordee.server.serving.JobServer;
import io.cordee.server.training.TrainingListener;
import io.cordee.worker.data.RowCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportCommandTest extends InFolder {

  @BeforeEach
  void train() throws Exception {
    var job = JobFile.defaultJob(List.of("stop.rounds=2"));
    new InProcessTeam(job, 1, 1, folder, RowCache.NONE, Optional.empty(), new JobServer())
        .run(folder.resolve("run"), new TrainingListener() {});
  }

  private static String report(int code, String... arguments) {
    Ended ended = Typed.run(arguments);
    ended.expect(code);
    return ended.err();
  }

  @Test
  void whatItSaysGoesToTheWriterOfTheCommandLine() {
    StringWriter printed = new StringWriter();
    Path report = folder.resolve("report.html");
    Main.commandLine()
        .setOut(new PrintWriter(printed))
        .execute("report", path("run"), "--out", report.toString());
    assertEquals("report " + report + System.lineSeparator(), printed.toString());
  }

  @Test
  void onlyAnEarlierReportIsReplaced() throws IOException {
    String run = path("run");
    Path mine = write("mine.html", "precious");
    String refusal = report(1, "report", run, "--out", mine.toString());
    assertTrue(refusal.contains("mine.html exists already"), refusal);
    assertEquals("precious", Files.readString(mine));
    Path earlier = folder.resolve("earlier.html");
    report(0, "report", run, "--out", earlier.toString());
    report(0, "report", run, "--out", earlier.toString());
  }

  @Test
  void tablesOfMeansReplaceNothingElse() throws IOException {
    Path mine = write("mine.csv", "a,b\n");
    String compared = path("compared");
    String job =
        write("job.yaml", JobFile.write(JobFile.defaultJob(List.of("stop.rounds=2")))).toString();
    Typed.run("compare", job, "--vary=optimizer=gd,rprop", "--seeds=3", "--out=" + compared)
        .expectSuccess();
    for (String option : List.of("--csv", "--latex")) {
      String refusal = report(1, "report", compared, option, mine.toString());
      assertTrue(refusal.contains("mine.csv exists already"), refusal);
      String file = path("means") + option;
      report(0, "report", compared, option, file);
      report(0, "report", compared, option, file);
    }
    assertEquals("a,b\n", Files.readString(mine));
    String run = path("run");
    String refusal = report(1, "report", run, "--svg", "--csv", path("new.csv"));
    assertTrue(refusal.contains("three seeds or more"), refusal);
    assertTrue(Files.notExists(folder.resolve("new.csv")));
    assertTrue(Files.exists(folder.resolve("run/report.html")));
    assertTrue(Files.exists(folder.resolve("run/charts/loss-over-rounds.svg")));
  }

  @Test
  void chartsGoWhereThereIsNothingElse() throws IOException {
    Path charts = Files.createDirectory(folder.resolve("charts"));
    Files.createFile(charts.resolve("loss-over-rounds.svg"));
    Files.createFile(charts.resolve("thesis.tex"));
    String run = path("run");
    String refusal = report(1, "report", run, "--svg", "--charts", charts.toString());
    assertTrue(refusal.contains("charts holds thesis.tex; expected a folder"), refusal);
    assertTrue(Files.notExists(folder.resolve("run/report.html")));
    assertEquals(0, Files.size(charts.resolve("loss-over-rounds.svg")));
  }

  @Test
  void aComparisonIsRefusedItsFolderBeforeDataAreRead() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Files.createFile(mine.resolve("thesis.tex"));
    Path job =
        write(
            "job.yaml",
            """
            name: no data
            model: {layers: [2, 2]}
            data: {train: {format: csv, file: nowhere.csv, label: kind}}
            """);
    String refusal = report(2, "compare", job.toString(), "--out", mine.toString());
    assertTrue(refusal.contains("mine holds something other than a comparison"), refusal);
  }

  @Test
  void norIsAnotherFileInTheUsualPlace() throws IOException {
    Path mine = write("run/report.html", "precious");
    String refusal = report(1, "report", path("run"));
    assertTrue(refusal.contains("report.html exists already"), refusal);
    assertEquals("precious", Files.readString(mine));
  }
}
