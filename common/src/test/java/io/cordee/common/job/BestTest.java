package io.cordee.common.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BestTest {

  private static StopConditions by(Monitor monitor, double minDelta) {
    OptionalDouble none = OptionalDouble.empty();
    return new StopConditions(
        9, OptionalInt.empty(), none, none, none, none, Optional.empty(), minDelta, monitor);
  }

  private static Best of(StopConditions by, double... figures) {
    Optional<Best> best = Optional.empty();
    for (int round = 0; round < figures.length; round++) {
      best = Optional.of(Best.after(best, round, figures[round], by));
    }
    return best.orElseThrow();
  }

  @Test
  void theFirstOfTheLowestLossesIsTheBest() {
    StopConditions by = by(Monitor.VALIDATION_LOSS, 0);
    assertEquals(new Best(2, 0.25), of(by, 1, 0.5, 0.25, 0.25, 0.75));
  }

  @Test
  void theHighestAccuracyIsTheBest() {
    StopConditions by = by(Monitor.VALIDATION_ACCURACY, 0);
    assertEquals(new Best(1, 0.75), of(by, 0.5, 0.75, 0.75, 0.25));
  }

  @Test
  void anyFigureIsBetterThanNone() {
    StopConditions by = by(Monitor.VALIDATION_LOSS, 0);
    assertEquals(new Best(1, 3), of(by, Double.NaN, 3, Double.NaN, 4));
  }

  @Test
  void littleIsNoImprovementUntilItAddsUp() {
    StopConditions loss = by(Monitor.VALIDATION_LOSS, 0.25);
    assertEquals(new Best(0, 1), of(loss, 1, 0.875, 0.75));
    assertEquals(new Best(3, 0.625), of(loss, 1, 0.875, 0.75, 0.625));
    assertEquals(new Best(0, 0.5), of(by(Monitor.VALIDATION_ACCURACY, 0.25), 0.5, 0.75));
  }
}
