package io.cordee.server.observe;

import io.cordee.server.team.WorkerId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells where the time of a round went, by when messages of workers came in. Sums of one node
 * arrive chunk by chunk: with the first of them, a worker was done with it.
 */
final class RoundClock {

  private static final int NOTHING = -1;

  /** Of one worker in this round. */
  private static final class Delivery {
    int part = NOTHING;

    /** When the first message of the part came. */
    long since;
  }

  private final Map<WorkerId, Delivery> deliveries = new HashMap<>();
  private int version = NOTHING;
  private long begin;
  private long last;

  synchronized void began(int atVersion, long now) {
    version = atVersion;
    begin = now;
    last = now;
    deliveries.clear();
  }

  synchronized void arrived(WorkerId worker, int atVersion, int part, long now) {
    if (atVersion != version) {
      return;
    }
    Delivery delivery = deliveries.computeIfAbsent(worker, w -> new Delivery());
    if (delivery.part != part) {
      delivery.part = part;
      delivery.since = now;
    }
    last = Math.max(last, now);
  }

  /** {@link #lags} stay until the next round begins. */
  synchronized RoundTime ended(long now) {
    long first = Long.MAX_VALUE;
    long latest = begin;
    for (Delivery delivery : deliveries.values()) {
      first = Math.min(first, delivery.since);
      latest = Math.max(latest, delivery.since);
    }
    if (deliveries.isEmpty()) {
      first = begin;
    }
    return new RoundTime(first - begin, latest - first, last - latest, Math.max(0, now - last));
  }

  /** How much later than the first worker each began to send the last of its sums. */
  synchronized Map<WorkerId, Long> lags() {
    long first = deliveries.values().stream().mapToLong(d -> d.since).min().orElse(0);
    Map<WorkerId, Long> lags = new LinkedHashMap<>();
    deliveries.forEach((worker, delivery) -> lags.put(worker, delivery.since - first));
    return lags;
  }
}
