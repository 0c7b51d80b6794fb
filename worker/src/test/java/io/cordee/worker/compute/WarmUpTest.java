package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  private static final long MILLI = 1_000_000;

  private long now;
  private long rested;
  private long awaitedAt = Long.MAX_VALUE;
  private int runs;

  private void run(IntToLongFunction nanosOfRun) {
    WarmUp.run(
        () -> now += nanosOfRun.applyAsLong(runs++),
        () -> now >= awaitedAt,
        () -> now,
        nanos -> {
          rested += nanos;
          now += nanos;
        });
  }

  @Test
  void endsOnceItHasNotBecomeFasterForAWhile() {
    run(run -> run < 2 ? 100 * MILLI : run < 4 ? 10 * MILLI : MILLI);
    long untilFast = 2 * 200 * MILLI + 2 * 20 * MILLI + MILLI;
    assertTrue(now - untilFast >= WarmUp.SETTLED && now - untilFast < WarmUp.SETTLED + 10 * MILLI);
  }

  @Test
  void endsThoughItBecomesFasterAndFaster() {
    run(run -> Math.max(1, 500 * MILLI >> run));
    run(run -> (long) (400 * MILLI * Math.pow(0.85, run)));
    assertTrue(now <= 2 * (WarmUp.MOST + 1_000 * MILLI));
  }

  @Test
  void restsAsLongAsItRuns() {
    run(run -> 20 * MILLI);
    assertEquals(now, 2 * rested);
  }

  @Test
  void whatTakesVeryLongIsNotRunTwice() {
    run(run -> 60_000 * MILLI);
    assertEquals(1, runs);
    assertEquals(60_000 * MILLI, now);
  }

  @Test
  void endsWhenItIsAwaited() {
    awaitedAt = 15 * MILLI;
    run(run -> 10 * MILLI);
    assertEquals(1, runs, "it was resting");
    run(run -> 10 * MILLI);
    assertEquals(1, runs, "it was awaited before it began");
  }
}
