package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.team.TeamSetup.Printing;
import io.cordee.common.job.file.JobFile;
import io.cordee.experiment.run.RunReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProcessTeamTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Path run;
  private Path job;

  @BeforeEach
  void writeJob() throws IOException {
    run = folder.resolve("run");
    job =
        Files.writeString(
            folder.resolve("job.yaml"),
            "data: digits\nmodel: {layers: [64, 10]}\nstop: {rounds: 3}\n");
  }

  @Test
  void aTeamTrainsToItsEnd() throws Exception {
    try (ProcessTeam team = team(List.of())) {
      assertEquals(ExitCode.DONE, team.run());
      assertTrue(team.hasBegun());
      assertFalse(team.pointsToLog());
    }
    assertTrue(RunReader.outcome(run).isPresent());
  }

  @Test
  void aServerThatIsRefusedHasBegunNothingAndItsExitCodeIsTheCommands() throws Exception {
    try (ProcessTeam team = team(List.of("--wrong-use"))) {
      assertEquals(ExitCode.WRONG_USE, team.run());
      assertFalse(team.hasBegun());
      assertFalse(team.pointsToLog());
    }
  }

  /** An interrupted thread could not pause. */
  @Test
  void aServerThatHasChosenToEndIsNotWaitedFor() throws Exception {
    try (ProcessTeam team = team(List.of("--wrong-use"))) {
      assertTrue(team.server.start().awaitEnd(PATIENCE));
      Thread.currentThread().interrupt();
      assertTrue(team.awaitEnd());
    } finally {
      Thread.interrupted();
    }
  }

  private ProcessTeam team(List<String> forLead) throws IOException {
    TeamSetup setup =
        new TeamSetup(
            Optional.of(job),
            List.of(),
            run,
            false,
            List.of(),
            List.of(),
            false,
            1,
            2,
            1,
            forLead,
            List.of(),
            JobFile.read(job, List.of()),
            Printing.NOTHING);
    return new ProcessTeam(setup, () -> {});
  }
}
