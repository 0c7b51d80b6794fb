package io.cordee.worker.data;

import io.cordee.common.job.Job;
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
  private long preparing;
  private int partitions;
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

  static Progress of(Job job, RowCache cache) {
    return new Progress(String.join(", ", job.data().files()), cache.print(), System::nanoTime);
  }

  /** Preparing begins. */
  synchronized void prepare(int partitions) {
    this.partitions = partitions;
    preparing = clock.getAsLong();
  }

  synchronized void prepared(long more) {
    done++;
    bytes += more;
    told = done == partitions ? begun : told; // the last line says what it took
    double left = secondsSince(preparing) / done * (partitions - done);
    tell(
        "%d of %d partitions prepared, %,.0f MB, %.0f s to go"
            .formatted(done, partitions, bytes / 1e6, left));
  }

  synchronized void tell(String how) {
    long now = clock.getAsLong();
    if (now - told >= PAUSE) {
      told = now;
      print.accept("%s after %.0f s: %s".formatted(rows, secondsSince(begun), how));
    }
  }

  private double secondsSince(long time) {
    return (double) (clock.getAsLong() - time) / SECOND;
  }
}
