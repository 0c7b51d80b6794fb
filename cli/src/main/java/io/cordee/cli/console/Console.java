package io.cordee.cli.console;

import io.cordee.cli.log.Logging;
import java.io.PrintStream;
import java.util.Locale;

/** Standard output with one line at its end that changes in place, where a person is looking. */
public final class Console {

  private final PrintStream out;
  private final boolean isLive;
  private int shown;

  /** {@code isLive}: whether a line can be changed in place, as on a terminal. */
  public Console(PrintStream out, boolean isLive) {
    this.out = out;
    this.isLive = isLive;
  }

  /** Standard output, live if it is a terminal; log lines if this process prints JSON. */
  public static Console standard() {
    boolean isTerminal =
        System.console() != null && !"dumb".equals(System.getenv("TERM")) && !Logging.printsJson();
    return new Console(Logging.out(), isTerminal);
  }

  /** Seconds for people: {@code 2:05} or {@code 1:02:05}. */
  public static String duration(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }

  public boolean isLive() {
    return isLive;
  }

  public synchronized void print(String line) {
    erase();
    out.println(line);
    out.flush();
  }

  /** Prints a line on standard error. */
  public synchronized void printError(String line) {
    erase();
    out.flush();
    System.err.println(line);
  }

  /** The line at the end, where it can be changed in place: else nothing. */
  public void statusIfLive(String line) {
    if (isLive) {
      status(line);
    }
  }

  /** Replaces the line at the end; on an output that is not live, a line like any other. */
  public synchronized void status(String line) {
    if (isLive) {
      String padded = line + " ".repeat(Math.max(0, shown - line.length()));
      out.print('\r' + padded);
      shown = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  public synchronized void keepStatus() {
    if (shown > 0) {
      out.println();
      shown = 0;
    }
  }

  private void erase() {
    if (shown > 0) {
      out.print('\r' + " ".repeat(shown) + '\r');
      shown = 0;
    }
  }
}
