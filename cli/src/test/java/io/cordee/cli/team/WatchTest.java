package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.team.TeamSetup.Printing;
import io.cordee.common.job.file.JobFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchTest {

  @TempDir private Path folder;

  /** An interrupted thread could not pause. */
  @Test
  void aServerThatHasChosenToEndIsNotWaitedFor() throws Exception {
    TeamSetup setup =
        new TeamSetup(
            Optional.empty(),
            List.of(),
            folder,
            false,
            List.of(),
            List.of(),
            false,
            1,
            1,
            1,
            List.of("--wrong-use"),
            List.of(),
            JobFile.parse("data: digits\nmodel: {layers: [64, 10]}", "job.yaml", List.of()),
            Printing.NOTHING);
    Notices notices = new Notices(setup.log(), Printing.NOTHING);
    try (Processes processes = new Processes(setup.log())) {
      RunProgress progress = new RunProgress(folder.resolve("metrics.csv"));
      LeadProcess lead = new LeadProcess(setup, processes, List.of(), progress, notices);
      lead.process().process().waitFor();
      Thread.currentThread().interrupt();
      assertTrue(new Watch(setup, lead, List.of(), List.of(), notices, () -> false).awaitEnd());
    } finally {
      Thread.interrupted();
    }
  }
}
