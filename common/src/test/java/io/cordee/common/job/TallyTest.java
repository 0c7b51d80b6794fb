package io.cordee.common.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.Stats;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final Tally COUNTED = new Tally(4, 2, 3, 1);
  private static final Tally UNCOUNTED = Tally.of(new Stats(4, 2));

  @Test
  void whatOneOfTwoPartsDoesNotTellIsNotKnown() {
    assertEquals(new Tally(8, 4, 6, 2), COUNTED.plus(COUNTED));
    assertEquals(new Tally(8, 4, -1, -1), COUNTED.plus(UNCOUNTED));
    assertEquals(new Tally(8, 4, -1, -1), UNCOUNTED.plus(UNCOUNTED));
    assertTrue(Double.isNaN(UNCOUNTED.accuracy()));
  }

  @Test
  void noRowsAddNothing() {
    for (Tally some : new Tally[] {COUNTED, UNCOUNTED}) {
      assertEquals(some, some.plus(Tally.NONE));
      assertEquals(some, Tally.NONE.plus(some));
    }
  }

  @Test
  void otherCountsThanOfItsRowsAreRefused() {
    UNCOUNTED.check(4);
    assertThrows(IllegalArgumentException.class, () -> new Tally(4, 2, -2, 0).check(4));
    assertThrows(IllegalArgumentException.class, () -> new Tally(4, 2, 5, 0).check(4));
    assertThrows(IllegalArgumentException.class, () -> new Tally(4, 2, 0, -2).check(4));
  }
}
