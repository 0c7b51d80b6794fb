package io.cordee.server.training;

import java.util.function.LongSupplier;

/**
 * Measures, in nanoseconds, the time in which the server is at work: during a pause, of the whole
 * machine for example, it hears nothing, and nobody is to blame. To be read with every event, one
 * of which is a tick.
 */
final class WorkingClock implements LongSupplier {

  /** In nanoseconds. Two looks that are farther apart had a pause between them. */
  private static final long PAUSE = 250_000_000;

  /** In nanoseconds. A pause counts as this much time. */
  private static final long TICK = TrainingEvents.TICK * 1_000_000L;

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
