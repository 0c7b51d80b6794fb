package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The accuracy on the digits with gradients in fewer bytes. */
class UplinkAccuracyTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "float32, rprop, 0.95",
    "bfloat16, rprop, 0.95",
    "int8, rprop, 0.95",
    "bfloat16, adam, 0.95",
    "int8, adam, 0.95"
  })
  void theDigitsAreLearntWithEachAndATeamGetsItsDigestsAgain(
      String uplink, String rule, double accuracy) {
    List<String> job = new ArrayList<>(List.of("--set=uplink=" + uplink, "--workers=3"));
    if (rule.equals("adam")) {
      job.addAll(List.of("--set=rule.name=adam", "--set=rule.learning_rate=0.01"));
      job.add("--set=stop.rounds=100");
    }
    Run run = train(uplink + "-" + rule, job);
    assertTrue(run.last().testAccuracy().orElseThrow() >= accuracy, run.last()::toString);
    job.add("--set=stop.rounds=8");
    assertEquals(run.digests().subList(0, 9), train(uplink + "-" + rule + "-again", job).digests());
  }

  private Run train(String name, List<String> arguments) {
    return Typed.train(folder.resolve(name), arguments.toArray(String[]::new));
  }
}
