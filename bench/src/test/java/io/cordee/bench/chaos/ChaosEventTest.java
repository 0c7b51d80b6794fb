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

  private static List<ChaosEvent> draw(long seed, int events, int shards, boolean hasJournal) {
    return ChaosEvent.draw(seed, events, kind -> kind.isPossible(shards, false, hasJournal));
  }

  private static Set<Kind> kinds(int shards, boolean hasJournal) {
    return draw(1, MANY, shards, hasJournal).stream()
        .map(ChaosEvent::kind)
        .collect(Collectors.toSet());
  }

  @Test
  void theSameSeedDrawsTheSameEvents() {
    assertEquals(draw(7, 50, 2, true), draw(7, 50, 2, true));
    assertNotEquals(draw(7, 50, 2, true), draw(8, 50, 2, true));
  }

  @Test
  void moreEventsBeginAsFewerDo() {
    assertEquals(draw(7, 20, 2, true), draw(7, 50, 2, true).subList(0, 20));
  }

  @Test
  void everythingThatMayHappenDoes() {
    assertEquals(EnumSet.allOf(Kind.class), kinds(2, true));
  }

  @Test
  void withOneShardNothingHappensToOthers() {
    Set<Kind> kinds = kinds(1, true);
    assertFalse(kinds.contains(Kind.KILL_SHARD));
    assertFalse(kinds.contains(Kind.CUT_SHARD));
    assertTrue(kinds.contains(Kind.KILL_LEAD));
  }

  @Test
  void noJournalIsTornWhereThereIsNone() {
    assertFalse(kinds(2, false).contains(Kind.TEAR_JOURNAL));
  }

  @Test
  void equalsHaveNoWorkersBesideThem() {
    Set<Kind> kinds =
        ChaosEvent.draw(1, MANY, kind -> kind.isPossible(3, true, true)).stream()
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
    List<ChaosEvent> events = draw(3, MANY, 2, true);
    long atOnce = events.stream().filter(event -> event.rounds() == 0).count();
    assertTrue(atOnce > MANY / 2 && atOnce < MANY * 3 / 4, () -> atOnce + " at once");
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() >= 100));
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() <= 8_000));
  }
}
