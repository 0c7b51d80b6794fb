package io.cordee.server.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeptVersionTest {

  private static List<KeptVersion> kept(int... versions) {
    return IntStream.of(versions)
        .mapToObj(version -> new KeptVersion(version, "run", "rows"))
        .toList();
  }

  @Test
  void theLatestCommonVersionIsOneThatEveryShardHas() {
    assertEquals(20, KeptVersion.latestCommon(List.of(kept(10, 20, 30), kept(10, 20, 40))));
    assertEquals(0, KeptVersion.latestCommon(List.of(List.of(), kept(5, 9))));
  }

  @Test
  void versionsAreOfOneRunOnRowsThatDoNotContradict() {
    KeptVersion some = new KeptVersion(1, "run", "rows");
    assertTrue(some.isOfRunOf(new KeptVersion(7, "run", "rows")));
    assertTrue(some.isOfRunOf(new KeptVersion(7, "run", "")), "older checkpoints do not say");
    assertFalse(some.isOfRunOf(new KeptVersion(7, "run", "other rows")));
    assertFalse(some.isOfRunOf(new KeptVersion(7, "other run", "rows")));
  }
}
