package io.cordee.server.grpc;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Workers that are not connected, but may still reconnect when the job is over: those whose
 * connection was lost a moment ago and, if the job was over before any came, those of the previous
 * server.
 */
public final class Absentees {

  /** How long a worker takes to be back: it pauses for at most a second between attempts. */
  public static final Duration RETURN = Duration.ofSeconds(5);

  private final LongSupplier nanoTime;
  private final long start;
  private final Map<String, Long> lost = new HashMap<>();
  private boolean haveSomeCome;

  public Absentees(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** A worker has connected; {@code isForTheJob} if the job was not over before. */
  synchronized void came(String name, boolean isForTheJob) {
    lost.remove(name);
    haveSomeCome |= isForTheJob;
  }

  /** A worker's connection was lost: it neither left nor was dismissed. */
  synchronized void lost(String name) {
    lost.values().removeIf(then -> !isRecent(then));
    lost.put(name, nanoTime.getAsLong());
  }

  synchronized boolean areExpected() {
    return lost.values().stream().anyMatch(this::isRecent) || !haveSomeCome && isRecent(start);
  }

  private boolean isRecent(long then) {
    return nanoTime.getAsLong() - then < RETURN.toNanos();
  }
}
