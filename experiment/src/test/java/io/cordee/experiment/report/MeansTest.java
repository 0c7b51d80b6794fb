package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.RunNote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeansTest {

  @TempDir private Path folder;

  private final List<Path> runs = new ArrayList<>();

  private void runs(String rule, double... accuracies) {
    for (int i = 0; i < accuracies.length; i++) {
      Job job = MadeUpRun.job("rule.name=" + rule, "model.init.seed=" + (i + 1));
      Path run =
          MadeUpRun.write(folder.resolve(rule + i), job, "0,2,0.5," + accuracies[i] + ",0.0,,a\n");
      runs.add(
          MadeUpRun.note(
              run,
              job,
              Map.of("rule", rule),
              i + 1,
              new RunNote.End(RunNote.End.COMPLETED, "completed after 0 rounds")));
    }
  }

  private Optional<Means> means() throws IOException {
    return Means.of(ReportSource.read(runs, List.of()));
  }

  /**
   * By hand: the differences are 0.1, 0.2, 0.1, 0.2, of mean 0.15 and deviation 0.0577, so that t
   * is 5.196 with 3 degrees of freedom; R's t.test(paired = TRUE) gives p = 0.01385.
   */
  @Test
  void seedsArePaired() throws IOException {
    runs("gd", 0.5, 0.5, 0.6, 0.6);
    runs("adam", 0.6, 0.7, 0.7, 0.8);
    Means means = means().orElseThrow();
    assertEquals(Result.TEST_ACCURACY, means.result());
    Means.Row gd = means.rows().get(0);
    assertEquals(0.55, gd.mean(), 1e-12);
    assertEquals(0.0577350, gd.deviation(), 1e-6);
    assertEquals(0.01385, gd.chance().orElseThrow(), 1e-5);
    assertTrue(means.rows().get(1).isBest());
    assertTrue(means.csv().contains("\"adam\",4,0.7"), means.csv());
    assertTrue(
        means.latex().contains("adam & 4 & \\textbf{$0.7000 \\pm 0.0816$} &  \\\\"), means.latex());
    assertTrue(means.html().contains("0.014"), means.html());
  }

  @Test
  void fewSeedsHaveNoMeans() throws IOException {
    runs("gd", 0.5, 0.5);
    runs("adam", 0.6, 0.7);
    assertEquals(Optional.empty(), means());
  }
}
