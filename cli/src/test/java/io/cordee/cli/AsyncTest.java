package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsyncTest {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  /** Ten more of the 360 test rows may be wrong. */
  private static final double DISTANCE = 0.03;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"gd, 150", "momentum, 60"})
  void theDigitsAreLearntAboutAsWellAsInStep(String rule, int rounds) {
    String example = EXAMPLES.resolve("digits-" + rule + ".yaml").toString();
    String some = "--set=stop.rounds=" + rounds;
    Run sync = Typed.train(folder.resolve("sync"), example, some);
    String[] mode = {"--set=mode=async", "--set=staleness=2", "--workers=3"};
    Run async = Typed.train(folder.resolve("async"), example, some, mode[0], mode[1], mode[2]);
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
  void aRuleThatNeedsTheWholeBatchIsRefusedWithTheReason(String rule) {
    Typed.run("train", "--set=rule.name=" + rule, "--set=mode=async", "--quiet")
        .expect(2, "cannot be async with rule " + rule + ": it");
  }
}
