package io.cordee.experiment.report;

import io.cordee.experiment.run.Run.Scale;

/** What scales are called. */
public final class Scales {

  private Scales() {}

  /** As the title of an axis. */
  public static String title(Scale scale) {
    return switch (scale) {
      case ROUNDS -> "Rounds";
      case ROWS -> "Rows seen";
      case SECONDS -> "Seconds";
      case BYTES -> "Bytes on the wire";
    };
  }
}
