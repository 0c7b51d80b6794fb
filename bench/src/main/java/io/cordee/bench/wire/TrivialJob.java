package io.cordee.bench.wire;

import io.cordee.common.job.Downlink;
import java.util.Locale;

/** Jobs of a certain number of parameters, for workers that compute nothing. */
final class TrivialJob {

  private static final int CLASSES = 10;

  private TrivialJob() {}

  /**
   * A softmax regression without end. Each worker holds one partition, and so pushes one vector a
   * round.
   *
   * @param parameters a multiple of 10
   */
  static String of(int parameters, int workers, Downlink downlink) {
    if (parameters % CLASSES != 0) {
      throw new IllegalArgumentException(
          "parameters must be a multiple of " + CLASSES + "; found " + parameters);
    }
    return """
        name: trivial
        model: {layers: [%d, %d]}
        data: {train: {format: csv, file: none.csv, label: 0}}
        rule: {name: rprop}
        partitions: %d
        evaluate_every: 1000000000
        digest_every: 0
        checkpoint: {every: 0}
        downlink: %s
        stop: {rounds: 1000000000}
        """
        .formatted(
            parameters / CLASSES - 1, CLASSES, workers, downlink.name().toLowerCase(Locale.ROOT));
  }
}
