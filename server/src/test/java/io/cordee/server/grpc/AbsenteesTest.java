package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AbsenteesTest {

  private long now = 17;
  private final Absentees absentees = new Absentees(() -> now);

  private void elapse(int seconds) {
    now += seconds * 1_000_000_000L;
  }

  @Test
  void whoWasLostIsExpectedForAWhile() {
    absentees.came("ann", true);
    assertFalse(absentees.areExpected());
    elapse(60);
    absentees.lost("ann");
    elapse(4);
    assertTrue(absentees.areExpected());
    elapse(1);
    assertFalse(absentees.areExpected());
  }

  @Test
  void whoIsBackIsNotExpectedAnyMore() {
    absentees.came("ann", true);
    absentees.came("ben", true);
    absentees.lost("ann");
    absentees.lost("ben");
    absentees.came("ann", false);
    assertTrue(absentees.areExpected());
    absentees.came("ben", false);
    assertFalse(absentees.areExpected());
  }

  @Test
  void whereTheJobWasOverBeforeAnybodyCameThoseOfTheServerBeforeAreExpected() {
    elapse(1);
    absentees.came("ann", false);
    assertTrue(absentees.areExpected(), "there may have been others");
    elapse(4);
    assertFalse(absentees.areExpected());
  }
}
