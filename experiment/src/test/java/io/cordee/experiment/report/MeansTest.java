package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.experiment.run.MadeUpRun;
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

  private void runs(String optimizer, double... accuracies) {
    for (int i = 0; i < accuracies.length; i++) {
      Job job = MadeUpRun.job("optimizer.name=" + optimizer, "model.init.seed=" + (i + 1));
      cell(optimizer + i, job, accuracies[i], Map.of("optimizer", optimizer), i + 1);
    }
  }

  private void cell(String name, Job job, double accuracy, Map<String, String> settings, int seed) {
    String rows = "0,2,0.5," + accuracy + ",0.0,,a\n";
    runs.add(MadeUpRun.cell(folder.resolve(name), job, rows, settings, seed).folder());
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
    assertEquals(RunResult.TEST_ACCURACY, means.result());
    Means.Row gd = means.rows().get(0);
    assertEquals(0.55, gd.mean(), 1e-12);
    assertEquals(0.0577350, gd.deviation(), 1e-6);
    assertEquals(0.01385, gd.chance().orElseThrow(), 1e-5);
    assertTrue(means.rows().get(1).isBest());
    assertTrue(means.csv().contains("\"adam\",4,0.7"), means.csv());
    assertTrue(
        means.latex().contains("adam & 4 & \\textbf{$0.700 \\pm 0.082$} &  \\\\"), means.latex());
    assertTrue(means.latex().contains("uncorrected for multiple comparisons"), means.latex());
    assertTrue(means.html().contains("0.014"), means.html());
  }

  @Test
  void foldsArePairedAsSeedsAre() throws IOException {
    for (String optimizer : List.of("gd", "adam")) {
      for (int fold = 1; fold <= 3; fold++) {
        Job job =
            MadeUpRun.job(
                "optimizer.name=" + optimizer,
                "data={train: {format: digits}, split: {folds: 3, fold: " + fold + "}}");
        double accuracy = fold / 10.0 + (optimizer.equals("adam") ? 0.1 * fold : 0);
        cell(
            optimizer + fold,
            job,
            accuracy,
            Map.of("optimizer", optimizer, "data.split.fold", "" + fold),
            1);
      }
    }
    Means means = means().orElseThrow();
    assertEquals(List.of("gd", "adam"), means.rows().stream().map(Means.Row::label).toList());
    assertEquals(3, means.rows().get(0).runs());
    // The differences are 0.1, 0.2, 0.3: t is 3.464 with 2 degrees of freedom.
    assertEquals(0.0742, means.rows().get(0).chance().orElseThrow(), 1e-4);
  }

  @Test
  void fewSeedsHaveNoMeans() throws IOException {
    runs("gd", 0.5, 0.5);
    runs("adam", 0.6, 0.7);
    assertEquals(Optional.empty(), means());
  }
}
