package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.Typed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A large team of processes has the digests of one worker in this one; {@code SameBitsTest} has
 * every rule and many teams, {@code RestartIT} and {@code ResumeIT} those that are killed.
 */
@Execution(ExecutionMode.CONCURRENT)
class SameBitsIT {

  private static final String ROUNDS = "--set=stop.rounds=20";

  @TempDir private Path folder;

  @Test
  void sevenProcessesEndEveryRoundWithTheDigestsOfOneWorker() {
    assertEquals(
        Typed.train(folder.resolve("alone"), ROUNDS, "--threads=1").digests(),
        Cordee.in(folder).train("seven", ROUNDS, "--workers=7", "--threads=3").digests());
  }
}
