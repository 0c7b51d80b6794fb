package io.cordee.server.training;

import java.util.function.LongSupplier;

/**
 * Measures, in nanoseconds, the time in which the server is at work: while it is kept from that, by
 * a pause of the whole machine say, it hears nothing, and nobody is to blame. It is to be read with
 * every event, one of which is a tick.
 */
final class WorkingClock implements LongSupplier {

  /** A look that is so long after the one before comes after a pause, */
  private static final long PAUSE = 250_000_000;

  /** which counts as much as a tick. */
  private static final long TICK = 50_000_000;

  private final LongSupplier nanoTime;
  private long last;
  private long lost;

  WorkingClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  @Override
  public long getAsLong() {
    long now = nanoTime.getAsLong();
    lost += now - last > PAUSE ? now - last - TICK : 0;
    last = now;
    return now - lost;
  }
}
