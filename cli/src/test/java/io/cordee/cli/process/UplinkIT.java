package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients in fewer bytes, on the digits: what they are good for, and what they give up. */
class UplinkIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
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
    assertEquals(run.digests(), train(uplink + "-" + rule + "-again", job).digests());
  }

  @Test
  void aLossyUplinkSaysAtTheStartThatDigestsDependOnTheTeamAndTheyDo() {
    Cordee cordee = Cordee.in(folder);
    List<String> lastDigests = new ArrayList<>();
    for (int workers : new int[] {1, 3}) {
      Ended ended =
          cordee
              .run(
                  "train",
                  "--set=uplink=int8",
                  "--set=stop.rounds=5",
                  "--out=int8-" + workers,
                  "--workers=" + workers)
              .expectSuccess();
      String warning = "warning: uplink int8 is lossy: digests depend on the team";
      assertEquals(2, ended.out().split(warning, -1).length, ended::toString);
      assertTrue(ended.out().indexOf(warning) < ended.out().indexOf("round 0/5"));
      lastDigests.add(cordee.runFolder("int8-" + workers).last().digest());
    }
    assertNotEquals(lastDigests.get(0), lastDigests.get(1));
  }

  private Run train(String name, List<String> arguments) {
    return Cordee.in(folder).train(name, arguments.toArray(String[]::new));
  }
}
