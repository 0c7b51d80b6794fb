package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Asynchronous training by a team of processes; {@code AsyncTest} has more rules. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class AsyncIT {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  /** Ten more of the 360 test rows may be wrong. */
  private static final double DISTANCE = 0.03;

  @TempDir private Path folder;

  @Test
  void aServerThatDiesTakesTheWeightsWithItAndIsNotStartedAgain() {
    try (CordeeProcess training =
        Cordee.in(folder)
            .start("train", "--rule=adam", "--set=mode=async", "--rounds=1000000", "--out=run")) {
      training.awaitOut("no checkpoints are kept");
      training.descendant("server").destroyForcibly();
      Ended ended = training.awaitEnd();
      ended.expectFailure("the server has ended with exit code 137: killed by signal 9");
      assertTrue(
          ended
              .out()
              .contains(
                  "the server has died (exit code 137: killed by signal 9, perhaps as the machine was out of memory); mode async keeps no checkpoints"),
          ended::toString);
      assertTrue(!ended.out().contains("restarting"), ended::toString);
      training.awaitNothingLeft();
    }
  }

  @Test
  void theDigitsAreLearntAboutAsWellAsInStep() {
    String example = EXAMPLES.resolve("digits-adam.yaml").toString();
    // At a constant rate Adam does not settle: its last round may be a bad one.
    String[] schedule = {
      "--set=rule.schedule=cosine",
      "--set=rule.schedule_rounds=150",
      "--set=rule.schedule_factor=0.01"
    };
    Run sync = Typed.train(folder.resolve("sync"), example, schedule[0], schedule[1], schedule[2]);
    Run async =
        Cordee.in(folder)
            .train(
                "async",
                example,
                "--workers=3",
                "--set=mode=async",
                "--set=staleness=2",
                schedule[0],
                schedule[1],
                schedule[2]);
    double wanted = sync.last().testAccuracy().orElseThrow() - DISTANCE;
    assertTrue(async.last().testAccuracy().orElseThrow() >= wanted, async.last()::toString);
    assertEquals(151, async.rows().size());
    assertEquals(1, async.logged("mode async: the weights depend on which worker is faster"));
  }
}
