package io.cordee.experiment.run;

import io.cordee.common.measure.Metric;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rows of a run's metrics that could be read, by column. What was not measured is NaN.
 *
 * @param rounds rising
 * @param digest the last that is there; empty if none is
 * @param damage what ended the table before its end, for people; empty if nothing did
 */
public record Metrics(
    int[] rounds, Map<Measure, double[]> columns, double[] seconds, String digest, String damage) {

  /** What a curve shows. */
  public enum Measure {
    LOSS("Training loss", Kind.LOSS),
    TRAIN_ACCURACY("Training accuracy", Kind.SHARE),
    VALIDATION_LOSS("Validation loss", Kind.LOSS),
    VALIDATION_ACCURACY("Validation accuracy", Kind.SHARE),
    TEST_LOSS("Test loss", Kind.LOSS),
    TEST_ACCURACY("Test accuracy", Kind.SHARE),
    VALIDATION_PRECISION(Metric.PRECISION),
    VALIDATION_RECALL(Metric.RECALL),
    VALIDATION_F1(Metric.F1),
    VALIDATION_AUC(Metric.AUC),
    VALIDATION_TOP_5(Metric.TOP_5),
    VALIDATION_MAE(Metric.MAE),
    VALIDATION_RMSE(Metric.RMSE),
    VALIDATION_R2(Metric.R2),
    TEST_PRECISION(Metric.PRECISION),
    TEST_RECALL(Metric.RECALL),
    TEST_F1(Metric.F1),
    TEST_AUC(Metric.AUC),
    TEST_TOP_5(Metric.TOP_5),
    TEST_MAE(Metric.MAE),
    TEST_RMSE(Metric.RMSE),
    TEST_R2(Metric.R2);

    /** What values it has. */
    public enum Kind {
      /** The lower, the better; at least 0. */
      LOSS,
      /** From 0 to 1. */
      SHARE,
      /** Up to 1. */
      RATIO
    }

    private final String title;
    private final Kind kind;
    private final boolean isOfEveryJob;

    Measure(String title, Kind kind) {
      this.title = title;
      this.kind = kind;
      this.isOfEveryJob = true;
    }

    Measure(Metric metric) {
      this.title = (name().startsWith("TEST_") ? "Test " : "Validation ") + metric.title();
      this.kind =
          switch (metric) {
            case MAE, RMSE -> Kind.LOSS;
            case R2 -> Kind.RATIO;
            case PRECISION, RECALL, F1, AUC, TOP_5 -> Kind.SHARE;
          };
      this.isOfEveryJob = false;
    }

    /** What files call it. */
    public String column() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** As the title of an axis. */
    public String title() {
      return title;
    }

    public Kind kind() {
      return kind;
    }

    /** Whether the metrics of every job have such a column, though it may be empty. */
    public boolean isOfEveryJob() {
      return isOfEveryJob;
    }
  }

  static Metrics of(List<Row> rows, String damage) {
    Map<Measure, double[]> columns = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      columns.put(measure, rows.stream().mapToDouble(row -> row.values().get(measure)).toArray());
    }
    return new Metrics(
        rows.stream().mapToInt(Row::round).toArray(),
        columns,
        rows.stream().mapToDouble(Row::seconds).toArray(),
        rows.stream().map(Row::digest).filter(d -> !d.isEmpty()).reduce("", (a, b) -> b),
        damage);
  }

  record Row(int round, Map<Measure, Double> values, double seconds, String digest) {}

  public int size() {
    return rounds.length;
  }

  /** One of the columns; not to be written. */
  public double[] of(Measure measure) {
    return columns.get(measure);
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

  /** The value of a column after a round; NaN if there is none. */
  double at(int round, Measure measure) {
    int row = Arrays.binarySearch(rounds, round);
    return row < 0 ? Double.NaN : of(measure)[row];
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
