package io.cordee.worker.data;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells every few seconds how far reading or preparing is, and at the end what preparing took. */
final class Progress {

  private static final long SECOND = 1_000_000_000;
  private static final long PAUSE = 2 * SECOND;

  private final String rows;
  private final Consumer<String> print;
  private final LongSupplier clock;
  private final long begun;
  private long told;
  private int done;
  private long bytes;

  /**
   * @param rows what they are
   * @param clock in nanoseconds
   */
  Progress(String rows, Consumer<String> print, LongSupplier clock) {
    this.rows = rows;
    this.print = print;
    this.clock = clock;
    begun = clock.getAsLong();
    told = begun;
  }

  synchronized void prepared(long more, int partitions) {
    done++;
    bytes += more;
    told = done == partitions ? begun : told; // the last line says what it took
    double left = seconds() / done * (partitions - done);
    tell(
        "%d of %d partitions prepared, %,.0f MB, %.0f s to go"
            .formatted(done, partitions, bytes / 1e6, left));
  }

  synchronized void tell(String how) {
    long now = clock.getAsLong();
    if (now - told >= PAUSE) {
      told = now;
      print.accept("%s after %.0f s: %s".formatted(rows, seconds(), how));
    }
  }

  private double seconds() {
    return (double) (clock.getAsLong() - begun) / SECOND;
  }
}
