package io.cordee.common.text;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** Says that a process has no memory left, and what to do about it. */
public final class OutOfMemory {

  /** Java's own figure of the heap is without a part of {@code -Xmx} that it keeps empty. */
  private static final double SPARE = 1.05;

  private static final long SHARE = -1;

  /** The bytes that each server of this process takes; {@link #SHARE} for a worker. */
  private static final Map<Object, Long> PARTS = new IdentityHashMap<>();

  private OutOfMemory() {}

  /** One line for people, if that is what something has failed of. */
  public static Optional<String> reason(Throwable failure) {
    Optional<String> reason = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // A parallel stream wraps it in another, without words.
      if (cause instanceof OutOfMemoryError) {
        reason =
            Optional.of(
                "out of memory ("
                    + cause.getMessage()
                    + "); give this process more with "
                    + Advice.HEAP
                    + "...");
      }
    }
    return reason;
  }

  /**
   * The most that what lives long can have in this process: it has a part of the heap of its own,
   * of which there is less than of the whole.
   */
  public static long available() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getUsage)
        .mapToLong(MemoryUsage::getMax)
        .max()
        .orElseGet(Runtime.getRuntime()::maxMemory);
  }

  /** A server takes this much of it, until it {@linkplain #leaves leaves}. */
  public static synchronized void takes(Object server, long bytes) {
    PARTS.put(server, bytes);
  }

  /** A worker shares what servers leave of it with other workers. */
  public static synchronized void shares(Object worker) {
    PARTS.put(worker, SHARE);
  }

  public static synchronized void leaves(Object who) {
    PARTS.remove(who);
  }

  /** What each worker of this process may have. */
  public static synchronized long share() {
    return (available() - taken()) / workers();
  }

  /** The option with which each worker's share is this. */
  public static synchronized String option(long share) {
    double part = (double) available() / Runtime.getRuntime().maxMemory();
    double heap = SPARE * (taken() + workers() * share) / part;
    return "%s%.0fm".formatted(Advice.HEAP, heap / (1 << 20));
  }

  private static long taken() {
    return PARTS.values().stream().mapToLong(bytes -> Math.max(0, bytes)).sum();
  }

  private static long workers() {
    return Math.max(1, PARTS.values().stream().filter(bytes -> bytes == SHARE).count());
  }
}
