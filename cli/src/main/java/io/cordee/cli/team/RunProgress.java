package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How far a job is, as its metrics tell. */
final class RunProgress {

  private final Path metrics;

  RunProgress(Path metrics) {
    this.metrics = metrics;
  }

  /** Whether the first row has been measured: there is a line below the header. */
  boolean hasBegun() throws IOException {
    if (!Files.exists(metrics)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(metrics)) {
      return lines.limit(2).count() == 2;
    }
  }

  /** Grows with every round that is finished: the size of the metrics. */
  long amount() throws IOException {
    return Files.exists(metrics) ? Files.size(metrics) : 0;
  }
}
