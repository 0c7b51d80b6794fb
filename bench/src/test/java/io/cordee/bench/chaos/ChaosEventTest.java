package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChaosEventTest {

  private static final int MANY = 3_000;

  private static List<ChaosEvent> draw(long seed, int events, int shards) {
    return ChaosEvent.draw(seed, events, kind -> kind.isPossible(shards, false));
  }

  private static Set<Kind> kinds(int shards) {
    return draw(1, MANY, shards).stream().map(ChaosEvent::kind).collect(Collectors.toSet());
  }

  @Test
  void theSameSeedDrawsTheSameEvents() {
    assertEquals(draw(7, 50, 2), draw(7, 50, 2));
    assertNotEquals(draw(7, 50, 2), draw(8, 50, 2));
  }

  @Test
  void moreEventsBeginAsFewerDo() {
    assertEquals(draw(7, 20, 2), draw(7, 50, 2).subList(0, 20));
  }

  @Test
  void everythingThatMayHappenDoes() {
    assertEquals(EnumSet.allOf(Kind.class), kinds(2));
  }

  @Test
  void withOneShardNothingHappensToOthers() {
    Set<Kind> kinds = kinds(1);
    assertFalse(kinds.contains(Kind.KILL_SHARD));
    assertFalse(kinds.contains(Kind.CUT_SHARD));
    assertTrue(kinds.contains(Kind.KILL_LEAD));
  }

  @Test
  void equalsHaveNoWorkersBesideThem() {
    Set<Kind> kinds =
        ChaosEvent.draw(1, MANY, kind -> kind.isPossible(3, true)).stream()
            .map(ChaosEvent::kind)
            .collect(Collectors.toSet());
    assertTrue(kinds.containsAll(Set.of(Kind.KILL_LEAD, Kind.KILL_SHARD, Kind.CUT_SHARD)));
    assertTrue(
        kinds.stream()
            .map(Kind::target)
            .noneMatch(Set.of(Kind.Target.WORKER, Kind.Target.NOBODY)::contains));
  }

  @Test
  void someComeAtOnceAndSomeAfterRounds() {
    List<ChaosEvent> events = draw(3, MANY, 2);
    long atOnce = events.stream().filter(event -> event.rounds() == 0).count();
    assertTrue(atOnce > MANY / 2 && atOnce < MANY * 3 / 4, () -> atOnce + " at once");
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() >= 100));
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() <= 8_000));
  }
}
