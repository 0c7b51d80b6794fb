package io.cordee.cli.process;

import io.cordee.cli.plugin.Plugins;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a child: same Java, same class path. */
public final class JavaProcess {

  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /** The class archive and the native code that this process was started with. */
  private static final List<String> HANDED_ON =
      List.of(
          "-XX:SharedArchiveFile=",
          "-XX:AOTCache=",
          "-Xlog:cds",
          "-Xlog:aot",
          "-Djava.library.path=");

  /** Lets a process load the vectors' module; with --add-modules, Java would print a warning. */
  private static final String VECTORS = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";

  private static final int FIRST_WITH_NATIVE_WARNINGS = 24;

  private JavaProcess() {}

  /** Names this process: its machine, or {@code host} if that has no name, and its number there. */
  public static String here(String host) {
    return host(host) + "." + ProcessHandle.current().pid();
  }

  /** Returns this machine's name, or {@code otherwise} if it has none. */
  public static String host(String otherwise) {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return otherwise;
    }
  }

  /** Returns a process that runs {@code cordee} with these arguments. */
  public static ProcessBuilder cordee(List<String> arguments) {
    return of("io.cordee.cli.Main", arguments);
  }

  /** Returns one whose output goes to the end of a log. */
  public static ProcessBuilder cordee(List<String> arguments, Path log) {
    return cordee(arguments)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  public static ProcessBuilder of(String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Returns the options of a server's or a worker's JVM; the launcher gives the same. */
  public static List<String> options() {
    List<String> options = new ArrayList<>();
    options.add("-XX:+UseSerialGC");
    // A process without memory would live on and do nothing.
    options.add("-XX:+ExitOnOutOfMemoryError");
    // What is as long as a chunk lives long, and is not to be copied until it counts as old.
    options.add("-XX:PretenureSizeThreshold=128k");
    // The rest is small and brief; left to itself, the room for it would grow to half of the above.
    options.add("-XX:NewRatio=11");
    options.add(VECTORS);
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(given -> HANDED_ON.stream().anyMatch(given::startsWith))
        .forEach(options::add);
    Plugins.javaOptions().forEach(options::add);
    if (hasHugePages()) {
      options.add("-XX:+UseTransparentHugePages");
    }
    if (Runtime.version().feature() >= FIRST_WITH_NATIVE_WARNINGS) {
      options.add("--enable-native-access=ALL-UNNAMED");
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    String more = System.getenv().getOrDefault("CORDEE_JAVA_OPTS", "").trim();
    if (!more.isEmpty()) {
      options.addAll(List.of(more.split("\\s+")));
    }
    return options;
  }

  /** Tells whether the system grants 2 MiB pages on request; vectors are read faster from them. */
  private static boolean hasHugePages() {
    try {
      return !Files.readString(HUGE_PAGES).contains("[never]");
    } catch (IOException e) {
      return false;
    }
  }
}
