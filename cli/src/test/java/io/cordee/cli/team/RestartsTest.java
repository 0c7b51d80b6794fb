package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.team.TeamProcess.Restarts;
import io.cordee.common.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RestartsTest {

  /** Every pause is the longest possible. */
  private static final RandomGenerator LONGEST = () -> -1;

  private static final int KILLED = 137;
  private static final Duration SHORT_LIFE = Duration.ofSeconds(1);

  private final Restarts restarts = new Restarts(new Backoff(LONGEST, Restarts.LONGEST_PAUSE));

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

  /** In milliseconds. */
  private long pause(int round, Duration life) {
    return Math.round(restarts.afterDeath(KILLED, round, life).orElseThrow().toNanos() / 1e6);
  }
}
