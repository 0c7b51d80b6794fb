package io.cordee.common.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** What this JVM was started with, or has chosen itself. */
public final class VmOption {

  private VmOption() {}

  /** The value of an option; empty if there is none, or if this JVM does not tell. */
  public static Optional<String> value(String name) {
    try {
      return Optional.of(
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption(name)
              .getValue());
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }
}
