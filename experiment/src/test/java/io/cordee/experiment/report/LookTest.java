package io.cordee.experiment.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.MadeUpRun;
import io.cordee.experiment.run.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookTest {

  private static final List<String> OPTIMIZERS = List.of("gd", "adam", "rprop");
  private static final List<String> BATCHES = List.of("full", "64");

  @TempDir private Path folder;

  private List<Look> looks(String outer, List<String> outers, String inner, List<String> inners) {
    Run run = MadeUpRun.read(MadeUpRun.write(folder, MadeUpRun.job(), ""));
    List<Group> groups = new ArrayList<>();
    for (String first : outers) {
      for (String second : inners) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(outer, first);
        settings.put(inner, second);
        groups.add(new Group(settings, List.of(run)));
      }
    }
    return Look.of(new ReportSource("digits", Optional.empty(), groups, List.of()));
  }

  @Test
  void theLongerAxisHasTheColoursWhicheverComesFirst() {
    assertEquals(
        List.of(
            new Look(0, 0),
            new Look(0, 1),
            new Look(1, 0),
            new Look(1, 1),
            new Look(2, 0),
            new Look(2, 1)),
        looks("optimizer", OPTIMIZERS, "batch", BATCHES));
    assertEquals(
        List.of(
            new Look(0, 0),
            new Look(1, 0),
            new Look(2, 0),
            new Look(0, 1),
            new Look(1, 1),
            new Look(2, 1)),
        looks("batch", BATCHES, "optimizer", OPTIMIZERS));
  }

  @Test
  void ofAxesAsLongAsEachOtherTheFirstHasThem() {
    assertEquals(
        List.of(new Look(0, 0), new Look(0, 1), new Look(1, 0), new Look(1, 1)),
        looks("batch", BATCHES, "optimizer", OPTIMIZERS.subList(0, 2)));
  }
}
