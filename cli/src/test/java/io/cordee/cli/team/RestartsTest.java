package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
import io.cordee.common.retry.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartsTest {

  /** Every pause is the longest possible. */
  private static final RandomGenerator LONGEST = () -> -1;

  private static final int KILLED = 137;
  private static final Duration SHORT_LIFE = Duration.ofSeconds(1);

  @TempDir private Path folder;

  private Path log;
  private Restarts restarts;

  @BeforeEach
  void begin() throws IOException {
    log = Files.createFile(folder.resolve("run.log"));
    restarts = restarts(Optional.empty());
  }

  private Restarts restarts(Optional<String> obstacle) {
    return new Restarts(
        new Backoff(LONGEST, Restarts.LONGEST_PAUSE),
        new RunProgress(folder.resolve("metrics.csv")),
        new Notices(log, TeamSetup.Printing.NOTHING),
        obstacle);
  }

  @Test
  void fiveTimesInARowAndThenNoMore() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      pauses.add(pause(7, SHORT_LIFE));
    }
    assertEquals(List.of(100L, 200L, 400L, 800L, 1000L), pauses);
    assertTrue(restarts.afterDeath(KILLED, 7, SHORT_LIFE).isEmpty());
  }

  @Test
  void onceWhereItRunsOutOfMemory() {
    assertTrue(restarts.afterDeath(ExitCode.OUT_OF_MEMORY, 7, SHORT_LIFE).isPresent());
    assertTrue(restarts.afterDeath(ExitCode.OUT_OF_MEMORY, 7, SHORT_LIFE).isEmpty());
  }

  @Test
  void aFinishedRoundBeginsTheCountAnew() {
    for (int round = 1; round < 100; round++) {
      assertTrue(restarts.afterDeath(KILLED, round, SHORT_LIFE).isPresent());
    }
    for (int i = 0; i < 4; i++) {
      assertTrue(restarts.afterDeath(KILLED, 99, SHORT_LIFE).isPresent());
    }
    assertTrue(restarts.afterDeath(KILLED, 99, SHORT_LIFE).isEmpty());
  }

  @Test
  void pausesGoOnGrowingWhileRoundsAreFinishedUntilItHasLivedForLong() {
    restarts.afterDeath(KILLED, 1, SHORT_LIFE);
    restarts.afterDeath(KILLED, 2, SHORT_LIFE);
    assertEquals(400, pause(3, Duration.ofMillis(9999)));
    assertEquals(100, pause(4, Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        ExitCode.DONE,
        ExitCode.FAILED,
        ExitCode.WRONG_USE,
        ExitCode.SENT_AWAY,
        ExitCode.INTERRUPTED
      })
  void oneThatHasChosenToEndIsNotStartedAgain(int code) throws Exception {
    assertEquals(Optional.empty(), restarts.afterEnd(ended(code)));
    assertEquals("", Files.readString(log));
  }

  @Test
  void oneThatHasDiedIsStartedAgainAndItIsSaid() throws Exception {
    assertEquals(Optional.of(Duration.ofMillis(100)), rounded(restarts.afterEnd(ended(9))));
    expectLogged("worker-1 has died (exit code 9); restarting it");
  }

  @Test
  void inTheEndOneIsGivenUp() throws Exception {
    Supervised worker = ended(9);
    for (int i = 0; i < 5; i++) {
      assertTrue(restarts.afterEnd(worker).isPresent());
    }
    assertEquals(Optional.empty(), restarts.afterEnd(worker));
    expectLogged(
        "worker-1 has died (exit code 9), after 5 restarts without a finished round; giving up on"
            + " it");
  }

  @Test
  void noneIsStartedWhereItCouldNotTakeThePlaceOfTheLast() throws Exception {
    Restarts vain = restarts(Optional.of("its weights are lost"));
    assertEquals(Optional.empty(), vain.afterEnd(ended(9)));
    expectLogged("worker-1 has died (exit code 9); its weights are lost");
  }

  private void expectLogged(String line) throws IOException {
    List<String> lines = Files.readAllLines(log);
    assertTrue(lines.get(lines.size() - 1).endsWith(" " + line), lines::toString);
  }

  private static Supervised ended(int code) throws Exception {
    ProcessBuilder command = new ProcessBuilder("sh", "-c", "exit " + code);
    Supervised worker = new Supervisor(Duration.ZERO).child("worker-1", () -> command).start();
    assertTrue(worker.awaitEnd(Duration.ofSeconds(60)));
    return worker;
  }

  private static Optional<Duration> rounded(Optional<Duration> pause) {
    return pause.map(time -> Duration.ofMillis(Math.round(time.toNanos() / 1e6)));
  }

  /** In milliseconds. */
  private long pause(int round, Duration life) {
    return rounded(restarts.afterDeath(KILLED, round, life)).orElseThrow().toMillis();
  }
}
