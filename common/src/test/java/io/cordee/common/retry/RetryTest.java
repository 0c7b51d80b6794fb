package io.cordee.common.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** On a clock that only pauses advance, each as long as it can be. */
class RetryTest {

  private static final RandomGenerator LONGEST = () -> -1;

  private final List<Long> pauses = new ArrayList<>();
  private long now = 5;

  private final Retry retry =
      new Retry(
          Duration.ofSeconds(20),
          new Backoff(LONGEST, Retry.LONGEST_PAUSE),
          () -> now,
          this::sleep);

  private void sleep(long nanos) {
    pauses.add(Math.round(nanos / 1e6));
    now += nanos;
  }

  @Test
  void pausesGrowUntilTimeIsUpAndTheLastOneIsCutShort() throws Exception {
    while (pauses.size() < 100 && retry.pause()) {}
    List<Long> expected = new ArrayList<>(List.of(100L, 200L));
    expected.addAll(Collections.nCopies(78, 250L));
    expected.add(200L);
    assertEquals(expected, pauses);
    assertFalse(retry.pause(), "nor ever after");
    assertEquals(expected, pauses);
  }

  @Test
  void aRestartGivesTheWholeTimeAgain() throws Exception {
    now += Duration.ofSeconds(20).toNanos();
    assertFalse(retry.pause());
    retry.restart();
    assertTrue(retry.pause());
  }

  @Test
  void pausesGoOnGrowingUnlessTheSuccessHasLasted() throws Exception {
    retry.pause();
    retry.succeeded();
    retry.restart();
    retry.pause();
    retry.succeeded();
    now += Retry.LONGEST_PAUSE.toNanos();
    retry.restart();
    retry.pause();
    assertEquals(List.of(100L, 200L, 100L), pauses);
  }
}
