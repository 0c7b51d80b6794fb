package io.cordee.experiment.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * The rows of a run's metrics that could be read, by column. What was not measured is NaN.
 *
 * @param rounds rising
 * @param measures the column of each
 * @param digest the last that is there; empty if none is
 * @param damage what ended the table before its end, for people; empty if nothing did
 */
public record Metrics(
    int[] rounds, double[] seconds, Map<Measure, double[]> measures, String digest, String damage) {

  /** What a curve shows. */
  public enum Measure {
    LOSS,
    TRAIN_ACCURACY,
    TEST_ACCURACY;

    /** Its name in tables for programs. */
    public String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public int size() {
    return rounds.length;
  }

  /** One of the columns; not to be written. */
  public double[] of(Measure measure) {
    return measures.get(measure);
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
    return Arrays.stream(of(Measure.TEST_ACCURACY))
        .filter(Double::isFinite)
        .max()
        .orElse(Double.NaN);
  }

  /** Whether there is a test accuracy. */
  public boolean isTested() {
    return !Double.isNaN(bestTestAccuracy());
  }
}
