package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.experiment.run.MadeUpRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsPageTest {

  @TempDir private Path folder;

  private Path run(String name, int rounds) {
    return MadeUpRun.write(folder.resolve(name), MadeUpRun.job(), MadeUpRun.halving(rounds, 1));
  }

  private RunsPage page() {
    return new RunsPage(List.of(folder));
  }

  @Test
  void withoutRunsItWaitsForThem() {
    RunsPage page = page();
    assertTrue(page.html().contains("No run has finished yet."));
    run("a", 2);
    assertTrue(page.html().contains(">running</td>") || page.html().contains("<dt>rounds</dt>"));
  }

  @Test
  void aRunThatCannotBeReadIsNamedAndTheOthersAreShown() throws IOException {
    run("a", 3);
    run("b", 3);
    Files.writeString(run("c", 3).resolve("job.yaml"), "optimizer: {name: none}");
    String html = page().html();
    assertTrue(html.contains(">a</th>") && html.contains(">b</th>"), html);
    assertFalse(html.contains(">c</th>"), html);
    assertTrue(html.contains("job.yaml"), html);
  }

  @Test
  void aRunIsReadAgainOnlyWhenItsFilesHaveChanged() throws IOException {
    Path metrics = run("a", 3).resolve("metrics.csv");
    run("b", 3);
    FileTime before = Files.getLastModifiedTime(metrics);
    RunsPage page = page();
    String html = page.html();
    Files.writeString(metrics, Files.readString(metrics).replace("0.125", "0.375"));
    Files.setLastModifiedTime(metrics, before);
    assertEquals(html, page.html());
    Files.setLastModifiedTime(metrics, FileTime.from(Instant.now().plusSeconds(2)));
    assertTrue(page.html().contains("0.375"));
  }

  @Test
  void aRunThatHasNotEndedCountsAsRunningWhileItsMetricsGrow() throws IOException {
    Path metrics = run("a", 3).resolve("metrics.csv");
    run("b", 3);
    Files.setLastModifiedTime(metrics, FileTime.from(Instant.now().minusSeconds(600)));
    String html = page().html();
    assertTrue(html.matches("(?s).*>a</th><td>open</td>.*>b</th><td>running</td>.*"), html);
  }
}
