package io.cordee.cli.team;

import ch.qos.logback.classic.Level;
import io.cordee.cli.console.Console;
import io.cordee.cli.log.JsonLines;
import io.cordee.cli.log.Logging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/** Messages on a team's processes: on the console, beside the server's, and in the run's log. */
final class Notices {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  /** As wide as the line that the server changes in place, which is written over. */
  private static final String OVER_STATUS = "\r%-110s";

  private final Path log;
  private final TeamSetup.Printing printing;
  private volatile boolean hasFailed;
  private volatile boolean isInterrupted;

  Notices(Path log, TeamSetup.Printing printing) {
    this.log = log;
    this.printing = printing;
  }

  /** What ends from now on is meant to: nothing more is printed. */
  void interrupted() {
    isInterrupted = true;
  }

  /** A problem that the job survives. */
  void warn(String line) {
    if (!isInterrupted && printing == TeamSetup.Printing.USUAL) {
      String shown = Console.standard().isLive() ? OVER_STATUS.formatted(line) : line;
      Logging.out().println(Logging.printsJson() ? "warning: " + line : shown);
    }
    log(Level.WARN, line);
  }

  /** Why the job has failed. */
  void fail(String line) {
    hasFailed |= !isInterrupted;
    if (!isInterrupted && printing != TeamSetup.Printing.NOTHING) {
      System.err.println("failed: " + line);
    }
    log(Level.ERROR, line);
  }

  /** Returns whether the failure was reported here rather than by the server: the log says more. */
  boolean hasFailed() {
    return hasFailed;
  }

  private void log(Level level, String line) {
    if (!Files.exists(log)) {
      return;
    }
    try {
      String text = "%s team %-5s [team] %s\n".formatted(LocalTime.now().format(TIME), level, line);
      Files.writeString(
          log,
          Logging.printsJson() ? JsonLines.line("team", level, line) : text,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      System.err.println("cannot write " + log + ": " + e.getMessage());
    }
  }
}
