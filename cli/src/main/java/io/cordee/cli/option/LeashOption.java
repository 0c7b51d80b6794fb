package io.cordee.cli.option;

import java.io.IOException;
import picocli.CommandLine.Option;

/**
 * Ties a process to the one that started it: when that one is gone, however it went, standard input
 * ends. Not for people.
 */
public final class LeashOption {

  @Option(names = "--leash", hidden = true, description = "Exit when standard input ends.")
  private boolean isGiven;

  public boolean isGiven() {
    return isGiven;
  }

  /** Ends this process with its parent from here on, if that was asked for. */
  public void hold() {
    if (isGiven) {
      Thread watcher = new Thread(LeashOption::exitWithParent, "leash");
      watcher.setDaemon(true);
      watcher.start();
    }
  }

  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said on it.
      }
    } catch (IOException e) {
      // As good as its end.
    }
    System.exit(1);
  }
}
