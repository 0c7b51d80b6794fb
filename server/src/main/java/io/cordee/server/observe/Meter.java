package io.cordee.server.observe;

import io.cordee.server.observe.Traffic.Direction;

/** What was done per second and per round between one look and the next. */
final class Meter {

  /** The share that the last look has in what counts as "lately". */
  private static final double RECENT = 0.4;

  private final Totals totals;
  private final Traffic traffic;

  private long at;
  private boolean hasLooked;
  private long rounds;
  private Split split = Split.NONE;
  private long reduceNanos;
  private long stepNanos;
  private long received;
  private long sent;

  private Figures.Rates rates = new Figures.Rates(0, Split.NONE, 0, 0, 0, 0);

  Meter(Totals totals, Traffic traffic) {
    this.totals = totals;
    this.traffic = traffic;
  }

  /** Looks again; the seconds since the last time, 0 if there was none. */
  synchronized double look(long now) {
    double seconds = hasLooked ? (now - at) / 1e9 : 0;
    if (hasLooked && seconds <= 0) {
      return 0;
    }
    long newRounds = totals.rounds();
    Split newSplit = totals.split();
    long newReduce = totals.of(Totals.Count.REDUCE_NANOS);
    long newStep = totals.of(Totals.Count.STEP_NANOS);
    long newReceived = traffic.bytes(Direction.IN);
    long newSent = traffic.bytes(Direction.OUT);
    if (hasLooked) {
      long done = newRounds - rounds;
      rates =
          new Figures.Rates(
              lately(rates.rounds(), done / seconds),
              done > 0 ? newSplit.minus(split).times(1.0 / done) : rates.split(),
              done > 0 ? (double) (newReduce - reduceNanos) / done : rates.reduceNanos(),
              done > 0 ? (double) (newStep - stepNanos) / done : rates.stepNanos(),
              lately(rates.received(), (newReceived - received) / seconds),
              lately(rates.sent(), (newSent - sent) / seconds));
    }
    hasLooked = true;
    at = now;
    rounds = newRounds;
    split = newSplit;
    reduceNanos = newReduce;
    stepNanos = newStep;
    received = newReceived;
    sent = newSent;
    return seconds;
  }

  private static double lately(double before, double now) {
    return before + RECENT * (now - before);
  }

  synchronized Figures.Rates rates() {
    return rates;
  }
}
