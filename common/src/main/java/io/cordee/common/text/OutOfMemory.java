package io.cordee.common.text;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;

/** Says that a process has no memory left, and what to do about it. */
public final class OutOfMemory {

  private OutOfMemory() {}

  /** One line for people, if that is what something has failed of. */
  public static Optional<String> reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return Optional.of(
            "out of memory ("
                + cause.getMessage()
                + "); give this process more with CORDEE_JAVA_OPTS=-Xmx...");
      }
    }
    return Optional.empty();
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
}
