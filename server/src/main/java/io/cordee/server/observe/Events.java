package io.cordee.server.observe;

import io.cordee.server.team.WorkerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The last {@value #MOST} events. What may happen in every round is kept at most every few seconds,
 * so that it does not push out the rest.
 */
final class Events {

  static final int MOST = 200;
  private static final long QUIET_MILLIS = 5_000;
  private static final int NAMES = 4;
  private static final Set<Event.Kind> FREQUENT =
      EnumSet.of(Event.Kind.LEASES, Event.Kind.CHECKPOINT, Event.Kind.HEALED);

  private final LongSupplier millis;
  private final Deque<Event> events = new ArrayDeque<>();
  private final Map<Event.Kind, Long> last = new EnumMap<>(Event.Kind.class);
  private long number;

  Events(LongSupplier millis) {
    this.millis = millis;
  }

  synchronized void add(Event.Kind kind, int round, String text) {
    long now = millis.getAsLong();
    Long before = last.get(kind);
    if (FREQUENT.contains(kind) && before != null && now - before < QUIET_MILLIS) {
      return;
    }
    last.put(kind, now);
    events.addLast(new Event(++number, now, round, kind, text));
    if (events.size() > MOST) {
      events.removeFirst();
    }
  }

  /** In words: who computes what others have not. */
  static String moved(int round, Map<WorkerId, Integer> partitions) {
    String some =
        partitions.entrySet().stream()
            .limit(NAMES)
            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
            .collect(Collectors.joining(", "));
    int more = Math.max(0, partitions.size() - NAMES);
    return "round %s: partitions reassigned to %s%s"
        .formatted(round, some, more > 0 ? " and " + more + " more" : "");
  }

  synchronized List<Event> after(long seen) {
    return events.stream().filter(event -> event.number() > seen).toList();
  }
}
