package io.cordee.cli.team;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How another process is started from this one: same Java, same class path. */
public final class JavaProcess {

  private static final int FIRST_WITH_NATIVE_WARNINGS = 24;

  private JavaProcess() {}

  /** A process that runs {@code cordee} with these arguments. */
  public static ProcessBuilder cordee(List<String> arguments) {
    return of("io.cordee.cli.Main", arguments);
  }

  /** A process that runs a class with these arguments. */
  public static ProcessBuilder of(String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    if (Runtime.version().feature() >= FIRST_WITH_NATIVE_WARNINGS) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    String options = System.getenv().getOrDefault("CORDEE_JAVA_OPTS", "").trim();
    if (!options.isEmpty()) {
      command.addAll(List.of(options.split("\\s+")));
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    ProcessBuilder process = new ProcessBuilder(command);
    // A partition's bits must not depend on how many threads a matrix product is cut for.
    process.environment().put("OPENBLAS_NUM_THREADS", "1");
    return process;
  }
}
