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

class EventTest {

  private static final int MANY = 3_000;

  private static Set<Kind> kinds(int shards, boolean hasJournal) {
    return Event.draw(1, MANY, shards, hasJournal).stream()
        .map(Event::kind)
        .collect(Collectors.toSet());
  }

  @Test
  void theSameSeedDrawsTheSameEvents() {
    assertEquals(Event.draw(7, 50, 2, true), Event.draw(7, 50, 2, true));
    assertNotEquals(Event.draw(7, 50, 2, true), Event.draw(8, 50, 2, true));
  }

  @Test
  void moreEventsBeginAsFewerDo() {
    assertEquals(Event.draw(7, 20, 2, true), Event.draw(7, 50, 2, true).subList(0, 20));
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
  void someComeAtOnceAndSomeAfterRounds() {
    List<Event> events = Event.draw(3, MANY, 2, true);
    long atOnce = events.stream().filter(event -> event.rounds() == 0).count();
    assertTrue(atOnce > MANY / 2 && atOnce < MANY * 3 / 4, () -> atOnce + " at once");
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() >= 100));
    assertTrue(events.stream().allMatch(event -> event.length().toMillis() <= 8_000));
  }
}
