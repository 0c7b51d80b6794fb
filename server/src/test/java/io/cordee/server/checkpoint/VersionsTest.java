package io.cordee.server.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionsTest {

  private static Versions range(int first, int last) {
    return new Versions(first, last, "run", "rows");
  }

  @Test
  void theLatestCommonVersionLiesInARangeOfEveryShard() {
    assertEquals(
        27,
        Versions.latestCommon(
            List.of(
                List.of(range(0, 0), range(20, 27)),
                List.of(range(10, 10), range(20, 30), range(40, 41)))));
    assertEquals(0, Versions.latestCommon(List.of(List.of(), List.of(range(0, 0), range(5, 9)))));
  }

  @Test
  void versionsAreOfOneRunOnRowsThatDoNotContradict() {
    Versions some = new Versions(1, 2, "run", "rows");
    assertTrue(some.isOfRunOf(new Versions(7, 7, "run", "rows")));
    assertTrue(some.isOfRunOf(new Versions(7, 7, "run", "")), "older checkpoints do not say");
    assertFalse(some.isOfRunOf(new Versions(7, 7, "run", "other rows")));
    assertFalse(some.isOfRunOf(new Versions(7, 7, "other run", "rows")));
  }

  @Test
  void versionsBehindALimitAreLeftAway() {
    assertEquals(
        List.of(range(0, 0), range(10, 12)),
        Versions.upTo(12, List.of(range(0, 0), range(10, 19), range(13, 13), range(20, 25))));
    assertEquals(List.of(range(3, 3)), Versions.upTo(Integer.MAX_VALUE, List.of(range(3, 3))));
  }
}
