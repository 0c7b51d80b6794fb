package io.cordee.server.observe;

import io.cordee.server.observe.Totals.Count;
import io.cordee.server.observe.Traffic.Direction;

/** What was done per second and per round between one look and the next. */
final class Meter {

  /** The share that the last look has in what counts as "lately". */
  private static final double RECENT = 0.4;

  private record Look(
      long at,
      long rounds,
      RoundTime split,
      long reduceNanos,
      long stepNanos,
      long received,
      long sent) {}

  private final Totals totals;
  private final Traffic traffic;
  private Look last;
  private Figures.Rates rates = new Figures.Rates(0, RoundTime.NONE, 0, 0, 0, 0);

  Meter(Totals totals, Traffic traffic) {
    this.totals = totals;
    this.traffic = traffic;
  }

  /** Looks again; the seconds since the last time, 0 if there was none. */
  synchronized double look(long now) {
    double seconds = last == null ? 0 : (now - last.at) / 1e9;
    if (last != null && seconds <= 0) {
      return 0;
    }
    Look next =
        new Look(
            now,
            totals.rounds(),
            totals.split(),
            totals.of(Count.REDUCE_NANOS),
            totals.of(Count.STEP_NANOS),
            traffic.bytes(Direction.IN),
            traffic.bytes(Direction.OUT));
    if (last != null) {
      rates = rates(next, seconds);
    }
    last = next;
    return seconds;
  }

  private Figures.Rates rates(Look next, double seconds) {
    long done = next.rounds - last.rounds;
    return new Figures.Rates(
        lately(rates.rounds(), done / seconds),
        done > 0 ? next.split.minus(last.split).times(1.0 / done) : rates.split(),
        done > 0 ? (double) (next.reduceNanos - last.reduceNanos) / done : rates.reduceNanos(),
        done > 0 ? (double) (next.stepNanos - last.stepNanos) / done : rates.stepNanos(),
        lately(rates.received(), (next.received - last.received) / seconds),
        lately(rates.sent(), (next.sent - last.sent) / seconds));
  }

  /** Moves what was so per second lately towards what is so now. */
  static double lately(double before, double now) {
    return before + RECENT * (now - before);
  }

  synchronized Figures.Rates rates() {
    return rates;
  }
}
