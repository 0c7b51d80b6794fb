package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short fixed attack with nearly every event; on failure its folder stays. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class ChaosIT {

  /** Each in a process of its own, of which nobody may be left. */
  @ParameterizedTest
  @CsvSource({"rprop, 2", "adam, 2", "local, each"})
  void whateverHappensTheBitsAreThoseOfAQuietRun(
      String optimizer, String shards, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    Process chaos =
        start(
            folder,
            "--seed=21106",
            "--events=12",
            "--shards=" + shards,
            "--workers=2",
            "--optimizers=" + optimizer);
    assertEquals(0, chaos.waitFor(), Files.readString(folder.resolve("out")));
  }

  private static Process start(Path folder, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--out=" + folder.resolve("chaos"));
    return JavaProcess.of(ChaosCommand.class.getName(), all)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  @Test
  @Timeout(240)
  void interruptedItLeavesNobodyNotEvenWhoIsStopped(@TempDir Path folder) throws Exception {
    Path metrics = folder.resolve("chaos/rprop/run/metrics.csv");
    Process chaos = start(folder, "--shards=1", "--optimizers=rprop");
    while (!Files.exists(metrics)) {
      assertTrue(chaos.isAlive());
      TimeUnit.MILLISECONDS.sleep(20);
    }
    List<ProcessHandle> team = chaos.descendants().toList();
    Signal.STOP.send(team.toArray(ProcessHandle[]::new));
    chaos.destroy();
    assertEquals(143, chaos.waitFor());
    for (ProcessHandle member : team) {
      member.onExit().get(20, TimeUnit.SECONDS);
    }
  }
}
