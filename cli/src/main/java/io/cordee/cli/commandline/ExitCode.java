package io.cordee.cli.commandline;

import io.cordee.server.training.Outcome;
import java.util.Set;

/** What a command or process that has trained tells the shell. */
public final class ExitCode {

  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int WRONG_USE = 2;
  public static final int INTERRUPTED = 130;

  /** That of a JVM by {@code -XX:+ExitOnOutOfMemoryError}. */
  public static final int OUT_OF_MEMORY = 3;

  /** That of a team's worker that its server has sent away, and does not wait for. */
  public static final int SENT_AWAY = 4;

  private static final Set<Integer> CHOSEN =
      Set.of(DONE, FAILED, WRONG_USE, SENT_AWAY, INTERRUPTED);

  private ExitCode() {}

  /** That of a job's end; says on standard error why it failed, if it did. */
  public static int of(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      System.err.println("failed: " + outcome.message());
      return failed.fault() == Outcome.Fault.JOB ? WRONG_USE : FAILED;
    }
    return outcome instanceof Outcome.Completed ? DONE : INTERRUPTED;
  }

  /** Returns whether the process chose to end so; any other means that it crashed or was killed. */
  public static boolean isChosen(int code) {
    return CHOSEN.contains(code);
  }

  public static String death(int code) {
    String why =
        switch (code) {
          case OUT_OF_MEMORY -> ": out of memory; CORDEE_JAVA_OPTS=-Xmx... gives it more";
          case 128 + 9 -> ": killed by signal 9, perhaps as the machine was out of memory";
          case 128 + 15 -> ": terminated by signal 15";
          default -> "";
        };
    return "exit code " + code + why;
  }
}
