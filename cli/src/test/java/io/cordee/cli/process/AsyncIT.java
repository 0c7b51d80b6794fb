package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous training, as real processes. */
class AsyncIT {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  /**
   * What chance alone may make of two accuracies of 0.97 on 360 rows: four standard deviations of
   * their difference, √(2 · 0.97 · 0.03 / 360). Which worker is faster is chance, too.
   */
  private static final double DISTANCE = 4 * Math.sqrt(2 * 0.97 * 0.03 / 360);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"gd, 500", "momentum, 200", "adam, 150"})
  void theDigitsAreLearntAboutAsWellAsInStep(String rule, int rounds) {
    String example = EXAMPLES.resolve("digits-" + rule + ".yaml").toString();
    Cordee cordee = Cordee.in(folder);
    Run sync = cordee.train("sync", example, "--workers=1");
    Run async =
        cordee.train("async", example, "--workers=3", "--set=mode=async", "--set=staleness=2");
    double wanted = sync.last().testAccuracy().orElseThrow() - DISTANCE;
    assertTrue(async.last().testAccuracy().orElseThrow() >= wanted, async.last()::toString);
    assertEquals(rounds + 1, async.rows().size());
    assertEquals(1, async.logged("mode async: the weights depend on which worker is faster"));
  }

  @Test
  void oneWorkerTakesTheStepsOfTheWholeBatch() {
    String example = EXAMPLES.resolve("digits-adam.yaml").toString();
    Cordee cordee = Cordee.in(folder);
    Run sync = cordee.train("sync", example, "--workers=1", "--set=stop.rounds=20");
    Run async =
        cordee.train("async", example, "--workers=1", "--set=stop.rounds=20", "--set=mode=async");
    assertEquals(sync.last().digest(), async.last().digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "irprop+", "quickprop", "newton"})
  void aRuleThatNeedsTheWholeBatchIsRefusedWithTheReason(String rule) {
    Ended ended =
        Cordee.in(folder).run("train", "--set=rule.name=" + rule, "--set=mode=async", "--quiet");
    assertEquals(2, ended.exitCode(), ended::toString);
    assertTrue(ended.err().contains("cannot be async with rule " + rule + ": it"), ended::toString);
  }
}
