package io.cordee.experiment.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.experiment.report.Table;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTablesTest {

  private static final List<String> OPTIMIZER = List.of("optimizer");

  @TempDir private Path folder;

  private final List<Run> runs = new ArrayList<>();

  private void run(String optimizer, long seed, String end, String rows) {
    Job job = MadeUpRun.job();
    Path run = MadeUpRun.write(folder.resolve(optimizer + seed), job, rows);
    MadeUpRun.note(run, job, Map.of("optimizer", optimizer), seed, new RunNote.End(end, ""));
    runs.add(MadeUpRun.read(run));
  }

  private List<String> lines() {
    return ConsoleTables.ends(OPTIMIZER, Group.ofCells(runs));
  }

  @Test
  void theBestOfWhatIsSavedComesFirstWithItsSpreadTheBestOfAllRoundsBesideIt() {
    for (long seed = 1; seed <= 3; seed++) {
      String rising = "0,2,0.5,0.1,0.0,,a\n9,1,0.5,0.%d,12.5,,b\n".formatted(4 + seed);
      run("gd", seed, RunNote.End.COMPLETED, rising);
      run("adam", seed, RunNote.End.COMPLETED, "0,2,0.5,0.9,0.0,,a\n8,1,0.5,0.55,1.0,,b\n");
    }

    assertEquals(
        List.of(
            "optimizer  test accuracy            range  best test accuracy  rounds    time",
            "gd                0.6000  0.5000 – 0.7000              0.6000       9  12.5 s",
            "adam              0.5500  0.5500 – 0.5500              0.9000       8  1.00 s"),
        lines());
  }

  @Test
  void withoutATestSetTheLowestLossIsTheBest() {
    run("gd", 1, RunNote.End.COMPLETED, "0,2,0.5,,0.0,,a\n9,1,0.5,,1.0,,b\n");
    run("adam", 1, RunNote.End.COMPLETED, "0,2,0.5,,0.0,,a\n9,0.5,0.5,,1.0,,b\n");

    assertEquals(
        List.of(
            "optimizer    loss  rounds    time",
            "adam       0.5000       9  1.00 s",
            "gd          1.000       9  1.00 s"),
        lines());
  }

  @Test
  void whatHasFailedIsCountedAndWhatHasNothingComesLast() {
    run("gd", 1, RunNote.End.FAILED, "");
    run("adam", 1, RunNote.End.COMPLETED, "0,2,0.5,0.9,0.0,,a\n");

    assertTrue(lines().get(0).endsWith("failed"), lines().get(0));
    assertTrue(lines().get(1).startsWith("adam "), lines().get(1));
    assertTrue(lines().get(2).matches("gd +- +- +0 +0\\.00 s +1/1"), lines().get(2));
  }

  @Test
  void aLargeGridIsShownByItsBest() {
    for (int i = 0; i < 30; i++) {
      String rows = "0,2,0.5,%s,0.0,,a\n".formatted(0.5 + i / 100.0);
      run("optimizer" + i, 1, RunNote.End.COMPLETED, rows);
    }

    assertEquals(1 + Table.MOST + 1, lines().size());
    assertTrue(lines().get(1).startsWith("optimizer29 "), lines().get(1));
    assertEquals("and 10 more in the report", lines().get(lines().size() - 1));
  }
}
