package io.cordee.server.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.training.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FarewellTest {

  private static final Outcome COMPLETED = new Outcome.Completed("completed");

  private record Alarm(Duration at, Runnable action) {}

  private final List<Alarm> alarms = new ArrayList<>();
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private Duration now = Duration.ZERO;

  @Test
  void goesWhenTheLastWorkerHasLeft() {
    Farewell farewell = farewell(0);
    farewell.check(COMPLETED, false, false);
    assertFalse(end.isDone());
    farewell.check(COMPLETED, true, false);
    assertEquals(COMPLETED, end.join());
  }

  @Test
  void waitsForWhoMayBeOnTheWayBack() {
    Farewell farewell = farewell(0);
    farewell.check(COMPLETED, true, true);
    assertFalse(end.isDone());
    farewell.check(COMPLETED, true, false);
    assertEquals(COMPLETED, end.join());
  }

  @Test
  void anInterruptedServerWaitsForNobody() {
    Farewell farewell = farewell(0);
    farewell.check(COMPLETED, true, true);
    farewell.dontLinger();
    farewell.check(COMPLETED, true, true);
    assertTrue(end.isDone());
  }

  @Test
  void nobodyWaitsAtTheEndOfAJobThatWasInterrupted() {
    farewell(0).check(new Outcome.Interrupted("interrupted"), true, true);
    assertTrue(end.isDone());
  }

  @Test
  void staysForLateWorkersLongerThanItWaitsForGoodbyes() {
    Farewell farewell = farewell(60);
    farewell.check(COMPLETED, false, false);
    elapse(1);
    farewell.check(COMPLETED, true, false);
    elapse(30);
    // A late worker that comes and goes is no reason to stay longer.
    farewell.check(COMPLETED, false, false);
    farewell.check(COMPLETED, true, false);
    elapse(29);
    assertFalse(end.isDone());
    elapse(1);
    assertTrue(end.isDone());
  }

  @Test
  void aWorkerThatDoesNotLeaveIsNotWaitedForForEver() {
    Farewell farewell = farewell(0);
    farewell.check(COMPLETED, false, false);
    elapse(9);
    assertFalse(end.isDone());
    elapse(1);
    assertTrue(end.isDone());
  }

  @Test
  void anInterruptedServerDoesNotLinger() {
    Farewell farewell = farewell(60);
    farewell.check(COMPLETED, true, false);
    assertFalse(end.isDone());
    farewell.dontLinger();
    farewell.check(COMPLETED, true, false);
    assertTrue(end.isDone());
  }

  @Test
  void setsNoMoreThanTwoTimersHoweverMuchIsSaidAfterTheEnd() {
    Farewell farewell = farewell(60);
    for (int i = 0; i < 1000; i++) {
      farewell.check(COMPLETED, i % 2 == 1, false);
    }
    assertEquals(2, alarms.size());
  }

  private Farewell farewell(int linger) {
    return new Farewell(
        Duration.ofSeconds(linger),
        (delay, action) -> alarms.add(new Alarm(now.plus(delay), action)),
        end);
  }

  private void elapse(int seconds) {
    now = now.plusSeconds(seconds);
    alarms.stream()
        .filter(alarm -> alarm.at().compareTo(now) <= 0)
        .sorted(Comparator.comparing(Alarm::at))
        .forEach(alarm -> alarm.action().run());
  }
}
