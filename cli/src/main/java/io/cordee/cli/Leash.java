package io.cordee.cli;

import java.io.IOException;

/**
 * Ties a process to the one that started it: when that one is gone, however it went, standard input
 * ends.
 */
final class Leash {

  private Leash() {}

  static void exitWithParent() {
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is said on it.
                }
              } catch (IOException e) {
                // As good as its end.
              }
              System.exit(1);
            },
            "leash");
    watcher.setDaemon(true);
    watcher.start();
  }
}
