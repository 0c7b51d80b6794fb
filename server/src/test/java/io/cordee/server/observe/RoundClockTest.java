package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.RoundListener;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundClockTest {

  private static final WorkerId ANN = new WorkerId(1, "ann");
  private static final WorkerId BEN = new WorkerId(2, "ben");

  private final RoundClock clock = new RoundClock();

  @Test
  void theTimeOfARoundFallsIntoFourPartsThatAddUpToIt() {
    clock.began(3, 1000);
    clock.arrived(ANN, 3, 2, 1100); // the first chunk of its only sum
    clock.arrived(ANN, 3, 2, 1110);
    clock.arrived(BEN, 3, 3, 1400);
    clock.arrived(BEN, 3, 3, 1450);
    RoundTime split = clock.ended(1470);
    assertEquals(new RoundTime(100, 300, 50, 20), split);
    assertEquals(470, split.total());
    assertEquals(Map.of(ANN, 0L, BEN, 300L), clock.lags());
  }

  @Test
  void aWorkerThatSendsSeveralSumsComputesUntilTheLastOfThem() {
    clock.began(0, 0);
    clock.arrived(ANN, 0, RoundListener.EVALUATION, 5);
    clock.arrived(ANN, 0, 4, 20);
    clock.arrived(ANN, 0, 4, 25);
    clock.arrived(ANN, 0, 10, 60);
    clock.arrived(ANN, 0, 10, 68);
    assertEquals(new RoundTime(60, 0, 8, 2), clock.ended(70));
  }

  @Test
  void whatComesLateFromTheRoundBeforeCountsForNothing() {
    clock.began(0, 0);
    clock.arrived(ANN, 0, 1, 10);
    clock.ended(10);
    clock.began(1, 10);
    clock.arrived(BEN, 0, 1, 11);
    clock.arrived(ANN, 1, 1, 30);
    assertEquals(new RoundTime(20, 0, 0, 0), clock.ended(30));
    assertEquals(Map.of(ANN, 0L), clock.lags());
  }

  @Test
  void aRoundInWhichNothingCameIsAllStep() {
    clock.began(0, 5);
    assertEquals(new RoundTime(0, 0, 0, 7), clock.ended(12));
  }
}
