package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The accuracy on the digits with gradients in fewer bytes, and whose digests are the same. */
class UplinkAccuracyTest {

  private static final int SOME = 8;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "float32, rprop, 50",
    "bfloat16, rprop, 50",
    "int8, rprop, 50",
    "bfloat16, adam, 100",
    "int8, adam, 100"
  })
  void theDigitsAreLearntWithEachAndATeamGetsItsDigestsAgain(
      String uplink, String rule, int rounds) {
    Run run = train(uplink, rule, rounds, 3);
    assertTrue(run.last().testAccuracy().orElseThrow() >= 0.95, run.last()::toString);
    assertEquals(rounds + 1, run.digests().stream().distinct().count(), "weights move each round");
    List<String> digests = run.digests().subList(0, SOME + 1);
    assertEquals(digests, train(uplink, rule, SOME, 3).digests());
    List<String> alone = train(uplink, rule, SOME, 1).digests();
    if (uplink.equals("float32")) {
      assertEquals(digests, alone);
    } else if (rule.equals("adam")) { // signs alone may be the same
      assertEquals(digests.get(0), alone.get(0), "the initial weights");
      for (int round = 1; round <= SOME; round++) {
        assertNotEquals(digests.get(round), alone.get(round));
      }
    }
  }

  @Test
  void curvatureInFewerBytesGivesATeamItsDigestsAgainToo() {
    List<String> digests = train("int8", "newton", SOME, 3).digests();
    assertEquals(digests, train("int8", "newton", SOME, 3).digests());
  }

  private Run train(String uplink, String rule, int rounds, int workers) {
    List<String> job = new ArrayList<>(List.of("--set=uplink=" + uplink, "--workers=" + workers));
    job.add("--set=stop.rounds=" + rounds);
    if (rule.equals("adam")) {
      job.addAll(List.of("--set=rule.name=adam", "--set=rule.learning_rate=0.01"));
    } else if (rule.equals("newton")) {
      job.addAll(List.of("--set=rule.name=newton", "--set=model.layers=[64, 8, 10]"));
    }
    Path run = folder.resolve(uplink + "-" + rule + "-" + rounds + "-" + System.nanoTime());
    Run trained = Typed.train(run, job.toArray(String[]::new));
    long warnings = trained.logged("is lossy: digests are reproducible only with the same workers");
    assertEquals(uplink.equals("float32") ? 0 : 1, warnings);
    return trained;
  }
}
