package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cordee train} starts workers again that are killed, as long as that helps. */
class RestartIT {

  private static final int ROUNDS = 400;

  private static List<String> quietDigests;

  @TempDir private Path folder;

  @BeforeAll
  static void trainQuietly(@TempDir Path quiet) {
    quietDigests =
        Cordee.in(quiet).train("run", "--set=stop.rounds=" + ROUNDS, "--workers=1").digests();
  }

  private CordeeProcess start(int rounds, int workers) {
    return Cordee.in(folder)
        .start("train", "--set=stop.rounds=" + rounds, "--workers=" + workers, "--out=run");
  }

  private Run run() {
    return Cordee.in(folder).runFolder("run");
  }

  @Test
  void aWorkerThatIsKilledIsStartedAgainAndLeavesNoTraceInTheDigests() {
    try (CordeeProcess training = start(1_000_000, 2)) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.descendant("worker-2").destroyForcibly();
      training.await("another worker-2", () -> run().logged("worker-2 joined; ") == 2);
      int rounds = run().measured();
      training.await("more rounds with it", () -> run().measured() > Math.max(rounds, ROUNDS) + 10);

      assertTrue(
          training.out().contains("worker-2 has died (exit code 137); restarting it\n"),
          training::toString);
      assertTrue(training.out().contains("worker-2 has left; 1 connected"), training::toString);
      assertEquals("", training.err());
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
      training.awaitNothingLeft();
    }
    assertEquals(quietDigests, run().digests().subList(0, ROUNDS + 1));
  }

  @Test
  void theJobGoesOnWhenAllWorkersAreKilledOnce() {
    try (CordeeProcess training = start(1_000_000, 2)) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.descendants("worker").forEach(ProcessHandle::destroyForcibly);
      training.await("both of them", () -> run().logged(" joined; ") == 4);
      int rounds = run().measured();
      training.await("more rounds", () -> run().measured() > Math.max(rounds, ROUNDS) + 10);
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
    }
    assertEquals(quietDigests, run().digests().subList(0, ROUNDS + 1));
  }

  @Test
  void whenWorkersDieAgainAndAgainTheTrainingFailsAndTheWeightsAreKept() {
    try (CordeeProcess training = start(1_000_000, 2)) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.await(
          "the end of restarts",
          () -> {
            training.descendants("worker").forEach(ProcessHandle::destroyForcibly);
            return run().logged("it is not started again") == 2;
          });

      Ended ended = training.awaitEnd();
      training.awaitNothingLeft();
      ended.expectFailure(
          "failed: every worker has ended before the job", "run.log", "kept in run/model");
    }
    assertEquals(10, run().logged("it is started again"));
    Ended evaluated = Cordee.in(folder).run("evaluate", "--model=" + run().model()).expectSuccess();
    assertTrue(evaluated.out().startsWith("360 rows of digits\n"), evaluated::toString);
  }
}
