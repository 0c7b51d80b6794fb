package io.cordee.cli.team;

import java.util.Set;

/** What the exit code of a process tells. */
final class ExitCodes {

  private static final Set<Integer> CHOSEN = Set.of(0, 1, 2, 130);

  private ExitCodes() {}

  /** Whether the process chose to end so; any other means that it crashed or was killed. */
  static boolean isChosen(int code) {
    return CHOSEN.contains(code);
  }
}
