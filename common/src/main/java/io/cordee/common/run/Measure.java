package io.cordee.common.run;

import io.cordee.common.job.Monitor;
import io.cordee.common.measure.Metric;
import io.cordee.common.measure.Metric.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is measured of a round.
 *
 * @param column what files call it
 * @param title as the title of an axis
 * @param isOfEveryJob whether the metrics of every job have such a column, though it may be empty
 */
public record Measure(String column, String title, Kind kind, boolean isOfEveryJob) {

  public static final Measure LOSS = new Measure("loss", "Training loss", Kind.LOSS, true);
  public static final Measure TRAIN_ACCURACY =
      new Measure("train_accuracy", "Training accuracy", Kind.SHARE, true);
  public static final Measure VALIDATION_LOSS =
      new Measure("validation_loss", "Validation loss", Kind.LOSS, true);
  public static final Measure VALIDATION_ACCURACY =
      new Measure("validation_accuracy", "Validation accuracy", Kind.SHARE, true);
  public static final Measure TEST_LOSS = new Measure("test_loss", "Test loss", Kind.LOSS, true);
  public static final Measure TEST_ACCURACY =
      new Measure("test_accuracy", "Test accuracy", Kind.SHARE, true);

  /** Since training began. */
  public static final Measure SECONDS = new Measure("seconds", "Seconds", Kind.LOSS, true);

  /** Training rows of the round by its duration. */
  public static final Measure ROWS_PER_SECOND =
      new Measure("rows_per_second", "Rows per second", Kind.LOSS, true);

  private static final List<Measure> ALL =
      Stream.of(
              Stream.of(
                  LOSS,
                  TRAIN_ACCURACY,
                  VALIDATION_LOSS,
                  VALIDATION_ACCURACY,
                  TEST_LOSS,
                  TEST_ACCURACY),
              Arrays.stream(Metric.values()).map(Measure::validation),
              Arrays.stream(Metric.values()).map(Measure::test))
          .flatMap(measures -> measures)
          .toList();

  public static Measure validation(Metric metric) {
    return of("validation", "Validation ", metric);
  }

  public static Measure test(Metric metric) {
    return of("test", "Test ", metric);
  }

  private static Measure of(String rows, String title, Metric metric) {
    return new Measure(rows + "_" + metric.key(), title + metric.title(), metric.kind(), false);
  }

  public static Measure of(Monitor monitor) {
    return switch (monitor) {
      case VALIDATION_LOSS -> VALIDATION_LOSS;
      case VALIDATION_ACCURACY -> VALIDATION_ACCURACY;
    };
  }

  /** All that curves show, in their order. */
  public static List<Measure> all() {
    return ALL;
  }
}
