package io.cordee.experiment.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTest {

  private static final String OTHER_ROWS =
      "data={train: {format: csv, file: rows.csv, label: y, header: true}}";

  @TempDir private Path folder;

  private final List<Run> runs = new ArrayList<>();

  private void cell(String comparison, String optimizer, long seed, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.addAll(List.of("optimizer.name=" + optimizer, "model.init.seed=" + seed));
    Job job = MadeUpRun.job(all.toArray(String[]::new));
    Path cell = folder.resolve(comparison).resolve("cells").resolve(optimizer + "_seed-" + seed);
    runs.add(
        MadeUpRun.cell(cell, job, MadeUpRun.halving(2, 1), Map.of("optimizer", optimizer), seed));
  }

  /** Label and seeds of each group. */
  private List<String> groups() {
    return Group.ofCells(runs).stream()
        .map(
            group ->
                group.label()
                    + group.runs().stream().map(run -> run.note().orElseThrow().seed()).toList())
        .toList();
  }

  @Test
  void runsThatDifferInTheirSeedAloneAreOneGroupWhereverTheyAre() {
    cell("first", "gd", 1, "batch={rows: 64, seed: 1}");
    cell("first", "adam", 1, "batch={rows: 64, seed: 1}");
    cell("more", "gd", 2, "batch={rows: 64, seed: 2}", "name=renamed");

    assertEquals(List.of("gd[1, 2]", "adam[1]"), groups());
  }

  @Test
  void runsOnOtherDataAreNoSeedsOfThese() {
    cell("digits", "gd", 1);
    cell("digits", "gd", 2);
    cell("mine", "gd", 3, OTHER_ROWS);

    assertEquals(List.of("digits gd[1, 2]", "mine gd[3]"), groups());
  }

  @Test
  void otherOptimizersOnOtherDataAreToldApartToo() {
    cell("digits", "gd", 1);
    cell("mine", "adam", 1, OTHER_ROWS);

    assertEquals(List.of("digits gd[1]", "mine adam[1]"), groups());
  }

  @Test
  void runsOfAnotherJobAreNoSeedsOfThese() {
    cell("short", "gd", 1, "stop.rounds=10");
    cell("long", "gd", 2, "stop.rounds=100");

    assertEquals(List.of("short gd[1]", "long gd[2]"), groups());
  }

  @Test
  void aSeedCountsOnce() {
    cell("a", "gd", 1);
    cell("a", "gd", 2);
    cell("b", "gd", 1);

    assertEquals(List.of("a gd[1, 2]", "b gd[1]"), groups());
  }

  @Test
  void ofAComparisonThatWasChangedHalfwayWhatIsOfTheFormerJobStandsApart() {
    cell("a", "gd", 1, OTHER_ROWS);
    cell("a", "gd", 2);
    cell("a", "gd", 3);

    assertEquals(List.of("a gd[1]", "a (2) gd[2, 3]"), groups());
  }

  @Test
  void comparisonsOfOneNameAreToldApart() {
    cell("x/grid", "gd", 1);
    cell("y/grid", "gd", 1);

    assertEquals(List.of("grid gd[1]", "grid (2) gd[1]"), groups());
  }
}
