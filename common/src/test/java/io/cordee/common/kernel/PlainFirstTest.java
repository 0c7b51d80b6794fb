package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PlainFirstTest {

  private static final long ENOUGH = 1L << 32;
  private static final long SECOND = PlainFirst.WINDOW;
  private static final long PLAIN_SPEED = ENOUGH / 4; // a second

  private final PlainFirst<String> choice = new PlainFirst<>("plain", "vectors", "steps", ENOUGH);

  private void seconds(int count, long speed) {
    for (int i = 0; i < 10 * count; i++) {
      choice.tookFor(speed / 10, SECOND / 10);
    }
  }

  @Test
  void vectorsComeOnceEnoughHasBeenMultiplied() {
    seconds(3, PLAIN_SPEED);
    assertEquals("plain", choice.get());
    seconds(2, PLAIN_SPEED);
    assertEquals("vectors", choice.get());
    seconds(100, 2 * PLAIN_SPEED);
    assertEquals("vectors", choice.get());
  }

  @Test
  void vectorsThatStaySlowAreGivenUp() {
    seconds(5, PLAIN_SPEED);
    seconds(PlainFirst.PATIENCE - 2, PLAIN_SPEED / 100);
    assertEquals("vectors", choice.get());
    seconds(3, PLAIN_SPEED / 100);
    assertEquals("plain", choice.get());
    seconds(100, 2 * PLAIN_SPEED);
    assertEquals("plain", choice.get());
  }

  private static PlainFirst<String> after(String unit) {
    return new PlainFirst<>("plain", "vectors", unit, ENOUGH).afterOthers();
  }

  @Test
  void whatIsMadeOnceOneIsThroughWithPlainLoopsBeginsWithVectors() {
    PlainFirst<String> first = after("leaps");
    first.tookFor(ENOUGH - 1, SECOND);
    assertEquals("plain", after("leaps").get());
    first.tookFor(1, 1);
    PlainFirst<String> second = after("leaps");
    assertEquals("vectors", second.get());
    assertEquals("plain", after("hops").get());

    for (int i = 0; i < PlainFirst.PATIENCE; i++) {
      second.tookFor(1, SECOND);
    }
    assertEquals("plain", second.get());
    assertEquals("plain", after("leaps").get());
  }

  @Test
  void vectorsThatAreSlowForAWhileAreKept() {
    seconds(5, PLAIN_SPEED);
    for (int i = 0; i < 10; i++) {
      seconds(PlainFirst.PATIENCE - 3, PLAIN_SPEED / 10);
      seconds(2, 2 * PLAIN_SPEED);
    }
    assertEquals("vectors", choice.get());
  }
}
