package io.cordee.common.file;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The process's limit on open files, sockets included. */
public final class Descriptors {

  private Descriptors() {}

  /** How many more it may open; unlimited where the system does not say. */
  public static int free() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int)
            Math.max(
                0,
                Math.min(
                    Integer.MAX_VALUE,
                    system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount()))
        : Integer.MAX_VALUE;
  }
}
