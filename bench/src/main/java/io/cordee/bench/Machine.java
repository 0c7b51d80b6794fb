package io.cordee.bench;

import io.cordee.worker.math.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the figures of a run depend on, besides the code. */
public final class Machine {

  private static final Path CONGESTION = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final String UNKNOWN = "unknown";

  private Machine() {}

  /** For people: name and value of each line. */
  static Map<String, String> describe() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("cpu", valueIn(CPU, "model name").orElse(System.getProperty("os.arch")));
    lines.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    lines.put("memory", valueIn(MEMORY, "MemTotal").map(Machine::gibibytes).orElse(UNKNOWN));
    lines.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    lines.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    lines.put("matrix products", Kernels.fastest().description());
    lines.put("tcp congestion control", congestionControl());
    return lines;
  }

  /** A warning where the figures of a network would mean nothing. */
  static Optional<String> warning() {
    return congestionControl().equals("bbr")
        ? Optional.of(
            "bbr paces even what stays on this machine, so that no ratio of the network benchmarks"
                + " means anything; run them as: bench/in-namespace.sh ./cordee bench ...")
        : Optional.empty();
  }

  /** Memory available without swapping, in bytes; {@link Long#MAX_VALUE} if unknown. */
  public static long availableMemory() {
    return valueIn(MEMORY, "MemAvailable").map(Machine::bytes).orElse(Long.MAX_VALUE);
  }

  /**
   * The peak resident memory of a process, in bytes.
   *
   * @throws IOException where the system does not tell
   */
  public static long mostResident(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    return valueIn(status, "VmHWM")
        .map(Machine::bytes)
        .orElseThrow(() -> new IOException("no VmHWM in " + status + "; this needs Linux"));
  }

  private static String congestionControl() {
    try {
      return Files.readString(CONGESTION).strip();
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static Optional<String> valueIn(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long bytes(String kibibytes) {
    return Long.parseLong(kibibytes.replaceAll("\\D", "")) * 1024;
  }

  private static String gibibytes(String kibibytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes(kibibytes) / (double) (1 << 30));
  }
}
