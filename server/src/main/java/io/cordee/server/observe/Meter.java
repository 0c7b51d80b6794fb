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

  private double roundsPerSecond;
  private double receivedPerSecond;
  private double sentPerSecond;
  private Split perRound = Split.NONE;
  private double reducePerRound;
  private double stepPerRound;

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
    long newReduce = totals.reductionNanos();
    long newStep = totals.stepNanos();
    long newReceived = traffic.bytes(Direction.IN);
    long newSent = traffic.bytes(Direction.OUT);
    if (hasLooked) {
      long done = newRounds - rounds;
      roundsPerSecond += RECENT * (done / seconds - roundsPerSecond);
      receivedPerSecond += RECENT * ((newReceived - received) / seconds - receivedPerSecond);
      sentPerSecond += RECENT * ((newSent - sent) / seconds - sentPerSecond);
      if (done > 0) {
        perRound = newSplit.minus(split).times(1.0 / done);
        reducePerRound = (double) (newReduce - reduceNanos) / done;
        stepPerRound = (double) (newStep - stepNanos) / done;
      }
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

  synchronized double roundsPerSecond() {
    return roundsPerSecond;
  }

  synchronized double receivedPerSecond() {
    return receivedPerSecond;
  }

  synchronized double sentPerSecond() {
    return sentPerSecond;
  }

  synchronized Split perRound() {
    return perRound;
  }

  synchronized double reducePerRound() {
    return reducePerRound;
  }

  synchronized double stepPerRound() {
    return stepPerRound;
  }
}
