package io.cordee.server.run;

import io.cordee.common.job.Tally;
import io.cordee.server.training.Measurement;
import java.util.Locale;

/** A row of the metrics: the same wherever one lives. */
final class MetricsRow {

  static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest\n";

  private MetricsRow() {}

  /**
   * @param hasLabels whether accuracy has a meaning
   */
  static String of(Measurement m, boolean hasLabels) {
    String rowsPerSecond =
        m.rowsPerSecond().isPresent()
            ? String.format(Locale.ROOT, "%.1f", m.rowsPerSecond().getAsDouble())
            : "";
    return "%s\n"
        .formatted(
            String.join(
                ",",
                Integer.toString(m.round()),
                Double.toString(m.train().meanLoss()),
                accuracy(m.train(), hasLabels),
                m.test().map(test -> accuracy(test, hasLabels)).orElse(""),
                String.format(Locale.ROOT, "%.6f", m.seconds()),
                rowsPerSecond,
                m.digest()));
  }

  private static String accuracy(Tally tally, boolean hasLabels) {
    return hasLabels ? Double.toString(tally.accuracy()) : "";
  }
}
