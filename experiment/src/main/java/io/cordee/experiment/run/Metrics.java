package io.cordee.experiment.run;

import java.util.Arrays;
import java.util.List;

/**
 * The rows of a run's metrics that could be read, by column. What was not measured is NaN.
 *
 * @param rounds rising
 * @param digest the last that is there; empty if none is
 * @param damage what ended the table before its end, for people; empty if nothing did
 */
public record Metrics(
    int[] rounds,
    double[] loss,
    double[] trainAccuracy,
    double[] testAccuracy,
    double[] seconds,
    String digest,
    String damage) {

  /** What a curve shows. */
  public enum Measure {
    LOSS,
    TRAIN_ACCURACY,
    TEST_ACCURACY
  }

  static Metrics of(List<Row> rows, String damage) {
    return new Metrics(
        rows.stream().mapToInt(Row::round).toArray(),
        rows.stream().mapToDouble(Row::loss).toArray(),
        rows.stream().mapToDouble(Row::trainAccuracy).toArray(),
        rows.stream().mapToDouble(Row::testAccuracy).toArray(),
        rows.stream().mapToDouble(Row::seconds).toArray(),
        rows.stream().map(Row::digest).filter(d -> !d.isEmpty()).reduce("", (a, b) -> b),
        damage);
  }

  record Row(
      int round,
      double loss,
      double trainAccuracy,
      double testAccuracy,
      double seconds,
      String digest) {}

  public int size() {
    return rounds.length;
  }

  /** One of the columns; not to be written. */
  public double[] of(Measure measure) {
    return switch (measure) {
      case LOSS -> loss;
      case TRAIN_ACCURACY -> trainAccuracy;
      case TEST_ACCURACY -> testAccuracy;
    };
  }

  /** How many rounds were finished. */
  public int lastRound() {
    return size() == 0 ? 0 : rounds[size() - 1];
  }

  /** From the start of training to the last row. */
  public double lastSeconds() {
    return size() == 0 ? 0 : seconds[size() - 1];
  }

  /** The last finite value of a column; NaN if there is none. */
  public double last(Measure measure) {
    double[] values = of(measure);
    for (int i = values.length - 1; i >= 0; i--) {
      if (Double.isFinite(values[i])) {
        return values[i];
      }
    }
    return Double.NaN;
  }

  /** The best test accuracy of all rounds; NaN if none was measured. */
  public double bestTestAccuracy() {
    return Arrays.stream(testAccuracy).filter(Double::isFinite).max().orElse(Double.NaN);
  }

  /** Whether there is a test accuracy. */
  public boolean isTested() {
    return !Double.isNaN(bestTestAccuracy());
  }
}
