package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.server.observe.Event.Kind;
import io.cordee.server.team.WorkerId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventsTest {

  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final Events events = new Events(clock::get);

  private List<String> texts(long after) {
    return events.after(after).stream().map(Event::text).toList();
  }

  @Test
  void theLastOnesAreKept() {
    for (int i = 1; i <= 3 * Events.MOST; i++) {
      events.add(Kind.WARNING, i, "warning " + i);
    }
    assertEquals(Events.MOST, events.after(0).size());
    assertEquals(List.of("warning 599", "warning 600"), texts(598));
    assertEquals(List.of(), texts(600));
  }

  @Test
  void whatHappensInEveryRoundPushesNothingElseOut() {
    events.add(Kind.JOINED, 0, "ann joined");
    for (int round = 1; round <= 1000; round++) {
      clock.addAndGet(50);
      events.add(Kind.CHECKPOINT, round, "checkpoint of round " + round);
    }
    // In 50 seconds, one every five.
    assertEquals(1 + 10, events.after(0).size());
    assertEquals("ann joined", texts(0).get(0));
    assertEquals("checkpoint of round 101", texts(0).get(2));
  }

  @Test
  void leasesThatMoveAreToldWithTheFirstFewNames() {
    Map<WorkerId, Integer> moved = new LinkedHashMap<>();
    moved.put(new WorkerId(1, "ann"), 3);
    assertEquals("round 7: partitions reassigned to ann (3)", Events.moved(7, moved));
    for (int i = 2; i <= 6; i++) {
      moved.put(new WorkerId(i, "w" + i), i);
    }
    assertEquals(
        "round 7: partitions reassigned to ann (3), w2 (2), w3 (3), w4 (4) and 2 more",
        Events.moved(7, moved));
  }
}
