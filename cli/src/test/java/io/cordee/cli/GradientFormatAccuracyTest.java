package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With fewer bytes up, the digits are still learnt, and digests do not depend on the team. */
class GradientFormatAccuracyTest extends InFolder {

  private static final int SOME = 8;

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({"bfloat16, rprop, 50", "int8, rprop, 50", "bfloat16, adam, 100", "int8, adam, 100"})
  void theDigitsAreLearntAndEveryTeamGetsTheSameDigests(
      String format, String optimizer, int rounds) {
    Run run = train(format, optimizer, rounds, "--workers=3");
    assertTrue(run.last().testAccuracy().orElseThrow() >= 0.95, run.last()::toString);
    assertEquals(rounds + 1, run.digests().stream().distinct().count(), "weights move each round");
    List<String> digests = run.digests().subList(0, SOME + 1);
    assertEquals(digests, train(format, optimizer, SOME, "--workers=1", "--threads=2").digests());
    assertNotEquals(digests, train("float32", optimizer, SOME, "--workers=1").digests());
  }

  @Test
  void curvatureInFewerBytesIsThatOfAnyTeamToo() {
    List<String> digests = train("int8", "newton", SOME, "--workers=3").digests();
    assertEquals(digests, train("int8", "newton", SOME, "--workers=1").digests());
  }

  private Run train(String format, String optimizer, int rounds, String... team) {
    List<String> job = new ArrayList<>(List.of(team));
    job.add("--set=compression.gradients=" + format);
    job.add("--set=stop.rounds=" + rounds);
    if (optimizer.equals("adam")) {
      job.addAll(List.of("--set=optimizer.name=adam", "--set=optimizer.learning_rate=0.01"));
    } else if (optimizer.equals("newton")) {
      job.addAll(List.of("--set=optimizer.name=newton", "--set=model.layers=[64, 8, 10]"));
    }
    Path run = folder.resolve(format + "-" + optimizer + "-" + rounds + "-" + System.nanoTime());
    return Typed.train(run, job.toArray(String[]::new));
  }
}
