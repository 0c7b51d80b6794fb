package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class TrainIT extends InFolder {

  @Test
  void theDigitsAreLearntAndARunCanBeMadeAgainFromItsFolder() throws Exception {
    Ended ended = cordee().run("train").expectSuccess();

    Path runs = folder.resolve("runs");
    List<Path> made;
    try (var entries = Files.list(runs)) {
      made = entries.filter(entry -> !entry.endsWith("last")).toList();
    }
    assertEquals(1, made.size());
    assertTrue(Files.isSameFile(made.get(0), runs.resolve("last")), "the link leads to the run");
    Run run = new Run(made.get(0));
    String path = "runs/" + made.get(0).getFileName();
    ended.expectOut("run folder " + path + "\n");
    assertTrue(ended.out().endsWith("report " + path + "/report.html\n"), ended::toString);
    assertEquals("", ended.err());
    assertEquals(
        Set.of(
            ".lock",
            "checkpoints",
            "evaluation.json",
            "job.yaml",
            "metrics.csv",
            "model.safetensors",
            "report.html",
            "run.json",
            "run.log"),
        filesOf(run.folder()));

    assertMetricsAreComplete(run, 50, 10);
    assertTrue(run.last().testAccuracy().orElseThrow() >= 0.95, run.last()::toString);
    ended.expectOut("digest " + run.last().digest());
    for (String worker : List.of("worker-1", "worker-2", "worker-3", "worker-4")) {
      assertEquals(1, run.logged(worker + " INFO  [main] the job is over"), worker);
    }

    Run again =
        Typed.train(folder.resolve("again"), run.file("job.yaml").toString(), "--workers=2");
    assertEquals(run.digests(), again.digests());
    assertEquals(jobWithoutRunId(run), jobWithoutRunId(again));
    assertEquals(
        -1, Files.mismatch(run.model(), again.model()), "where the two model files differ");
  }

  private static String jobWithoutRunId(Run run) throws Exception {
    return Files.readString(run.file("job.yaml")).replaceFirst("\n  run: \\S+", "");
  }

  private static Set<String> filesOf(Path folder) throws Exception {
    try (var entries = Files.list(folder)) {
      return entries
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static void assertMetricsAreComplete(Run run, int rounds, int evaluateEvery) {
    List<Run.Row> rows = run.rows();
    assertEquals(rounds + 1, rows.size());
    double before = 0;
    for (int round = 0; round <= rounds; round++) {
      Run.Row row = rows.get(round);
      assertEquals(round, row.round());
      assertTrue(row.digest().matches("[0-9a-f]{16}"), row::toString);
      assertEquals(round % evaluateEvery == 0, row.testAccuracy().isPresent(), row::toString);
      assertEquals(round > 0, row.rowsPerSecond().isPresent(), row::toString);
      assertTrue(row.seconds() >= before, row::toString);
      before = row.seconds();
    }
    assertEquals(rounds + 1, Set.copyOf(run.digests()).size(), "every round has its own digest");
  }
}
