package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code cordee train} restarts killed workers, as long as that helps. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class RestartIT extends InFolder {

  private CordeeProcess start() {
    return cordee().start("train", "--set=stop.rounds=1000000", "--workers=2", "--out=run");
  }

  @Test
  void aWorkerThatIsKilledIsStartedAgainAndLeavesNoTraceInTheDigests() {
    try (CordeeProcess training = start()) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.descendant("worker-2").destroyForcibly();
      training.await("another worker-2", () -> run().logged("worker-2 joined; ") == 2);
      int rounds = run().measured();
      training.await("more rounds with it", () -> run().measured() > rounds + 10);

      assertTrue(
          training
              .out()
              .contains(
                  "worker-2 has died (exit code 137: killed by signal 9, perhaps as the machine was out of memory); restarting it\n"),
          training::toString);
      assertTrue(
          training.out().contains("worker-2 left: the connection was lost; 1 connected"),
          training::toString);
      assertEquals("", training.err());
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
      training.awaitNothingLeft();
    }
    run().expectQuietDigests();
  }

  @Test
  void theJobGoesOnWhenAllWorkersAreKilledOnce() {
    try (CordeeProcess training = start()) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.descendants("worker").forEach(ProcessHandle::destroyForcibly);
      training.await("both of them", () -> run().logged(" joined; ") == 4);
      int rounds = run().measured();
      training.await("more rounds", () -> run().measured() > rounds + 10);
      training.interrupt();
      assertEquals(130, training.awaitEnd().exitCode());
    }
    run().expectQuietDigests();
  }

  @Test
  void whenWorkersDieAgainAndAgainTheTrainingFailsAndTheWeightsAreKept() {
    try (CordeeProcess training = start()) {
      training.await("ten rounds", () -> run().measured() > 10);
      training.await(
          "the end of restarts",
          () -> {
            training.descendants("worker").forEach(ProcessHandle::destroyForcibly);
            return run().logged("giving up on it") == 2;
          });

      Ended ended = training.awaitEnd();
      training.awaitNothingLeft();
      ended.expectFailure(
          "failed: every worker has ended before the job", "run.log", "kept in run/model");
    }
    assertEquals(10, run().logged("restarting it"));
    Ended evaluated = Typed.run("evaluate", "--model=" + run().model()).expectSuccess();
    assertTrue(evaluated.out().startsWith("360 rows of digits\n"), evaluated::toString);
  }
}
