package io.cordee.cli.team;

import java.util.Set;

/** What the exit code of a process tells. */
final class ExitCodes {

  /** That of a JVM by {@code -XX:+ExitOnOutOfMemoryError}. */
  static final int OUT_OF_MEMORY = 3;

  private static final Set<Integer> CHOSEN = Set.of(0, 1, 2, 130);

  private ExitCodes() {}

  /** Whether the process chose to end so; any other means that it crashed or was killed. */
  static boolean isChosen(int code) {
    return CHOSEN.contains(code);
  }

  /** What a process has died of, for people. */
  static String death(int code) {
    return code == OUT_OF_MEMORY
        ? "exit code 3: out of memory; CORDEE_JAVA_OPTS=-Xmx... gives it more"
        : "exit code " + code;
  }
}
