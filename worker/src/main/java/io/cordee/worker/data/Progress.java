package io.cordee.worker.data;

import java.util.function.Consumer;

/** Tells every few seconds how far preparing is, and at the end what it took. */
final class Progress {

  private static final long SECOND = 1_000_000_000;
  private static final long PAUSE = 5 * SECOND;

  private final String rows;
  private final int partitions;
  private final Consumer<String> print;
  private final long begun = System.nanoTime();
  private long told = begun;
  private int done;
  private long bytes;

  /**
   * @param rows what they are
   */
  Progress(String rows, int partitions, Consumer<String> print) {
    this.rows = rows;
    this.partitions = partitions;
    this.print = print;
  }

  synchronized void prepared(long more) {
    done++;
    bytes += more;
    long now = System.nanoTime();
    boolean isLast = done == partitions && now - begun >= PAUSE;
    if (isLast || done < partitions && now - told >= PAUSE) {
      told = now;
      double seconds = (double) (now - begun) / SECOND;
      print.accept(
          "prepared %s: %d of %d partitions, %,.0f MB in %.0f s%s"
              .formatted(
                  rows,
                  done,
                  partitions,
                  bytes / 1e6,
                  seconds,
                  isLast
                      ? ""
                      : ", about %.0f s left".formatted(seconds / done * (partitions - done))));
    }
  }
}
