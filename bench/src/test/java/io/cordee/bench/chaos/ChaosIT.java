package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.team.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short fixed attack with nearly every event; on failure logs stay in {@code bench/runs}. */
@Tag("slow")
class ChaosIT {

  @ParameterizedTest
  @CsvSource({"rprop, 2", "adam, 2", "local, each"})
  void whateverHappensTheBitsAreThoseOfAQuietRun(String rule, String shards) {
    assertEquals(
        0,
        ChaosCommand.execute(
            "--seed=21106", "--events=12", "--shards=" + shards, "--workers=2", "--rules=" + rule));
  }

  @Test
  @Timeout(120)
  void interruptedItLeavesNobodyNotEvenWhoIsStopped(@TempDir Path folder) throws Exception {
    Path metrics = folder.resolve("chaos/rprop/run/metrics.csv");
    Process chaos =
        JavaProcess.of(
                ChaosCommand.class.getName(),
                List.of("--shards=1", "--rules=rprop", "--out=" + folder.resolve("chaos")))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    while (!Files.exists(metrics)) {
      assertTrue(chaos.isAlive());
      TimeUnit.MILLISECONDS.sleep(20);
    }
    List<ProcessHandle> team = chaos.descendants().toList();
    for (ProcessHandle member : team) {
      new ProcessBuilder("kill", "-STOP", Long.toString(member.pid())).start().waitFor();
    }
    chaos.destroy();
    assertEquals(143, chaos.waitFor());
    for (ProcessHandle member : team) {
      member.onExit().get(20, TimeUnit.SECONDS);
    }
  }
}
