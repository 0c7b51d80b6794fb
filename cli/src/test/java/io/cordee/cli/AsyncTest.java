package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsyncTest extends InFolder {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  /** Ten more of the 360 test rows may be wrong. */
  private static final double DISTANCE = 0.03;

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({"gd, 500, 1", "momentum, 200, 1"})
  void theDigitsAreLearntAboutAsWellAsInStep(String optimizer, int rounds, double slowing) {
    String example = EXAMPLES.resolve("digits-" + optimizer + ".yaml").toString();
    // At a constant rate Adam does not settle: its last round may be a bad one.
    String[] schedule = {
      "--set=optimizer.schedule=cosine",
      "--set=optimizer.schedule_rounds=" + rounds,
      "--set=optimizer.schedule_factor=" + slowing
    };
    Run sync = Typed.train(folder.resolve("sync"), example, schedule[0], schedule[1], schedule[2]);
    Run async =
        Typed.train(
            folder.resolve("async"),
            example,
            "--workers=3",
            "--set=mode=async",
            "--set=staleness=2",
            schedule[0],
            schedule[1],
            schedule[2]);
    double wanted = sync.last().testAccuracy().orElseThrow() - DISTANCE;
    assertTrue(async.last().testAccuracy().orElseThrow() >= wanted, async.last()::toString);
    assertEquals(rounds + 1, async.rows().size());
    assertEquals(1, async.logged("mode async: the weights depend on which worker is faster"));
  }

  @Test
  void oneWorkerTakesTheStepsOfTheWholeBatch() {
    String example = EXAMPLES.resolve("digits-adam.yaml").toString();
    Run sync = Typed.train(folder.resolve("sync"), example, "--set=stop.rounds=20");
    Run async =
        Typed.train(folder.resolve("async"), example, "--set=stop.rounds=20", "--set=mode=async");
    assertEquals(sync.last().digest(), async.last().digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "irprop+", "quickprop", "newton"})
  void anOptimizerThatNeedsTheWholeBatchIsRefusedWithTheReason(String optimizer) {
    Ended ended =
        Typed.run("train", "--set=optimizer.name=" + optimizer, "--set=mode=async", "--quiet");
    ended.expect(2, "cannot be async with optimizer " + optimizer + ": it");
  }
}
