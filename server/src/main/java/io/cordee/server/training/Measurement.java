package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is known of the weights after a round; all of it was measured on these weights.
 *
 * @param round how many rounds the weights have behind them; 0 for the initial ones
 * @param train the tally of the rows that the next round's gradients are taken on (for Nesterov: at
 *     the evaluation point)
 * @param evaluated the tallies of the validation and test rows, where they were evaluated
 * @param best the best weights so far, where the job monitors them
 * @param seconds from the start of training to the end of the round
 * @param rowsPerSecond training rows of the round by its duration; empty for round 0
 * @param digest of weights and slots; empty where none was due
 */
public record Measurement(
    int round,
    Tally train,
    Evaluated evaluated,
    Optional<Best> best,
    double seconds,
    OptionalDouble rowsPerSecond,
    String digest) {

  public Optional<Tally> validation() {
    return evaluated.validation();
  }

  public Optional<Tally> test() {
    return evaluated.test();
  }

  /** By its figures; {@code metrics} are the job's. */
  public RoundRow row(List<Metric> metrics) {
    Map<Measure, Double> values = new HashMap<>();
    put(values, train, Measure.LOSS, Measure.TRAIN_ACCURACY);
    validation()
        .ifPresent(
            tally -> {
              put(values, tally, Measure.VALIDATION_LOSS, Measure.VALIDATION_ACCURACY);
              metrics.forEach(it -> put(values, Measure.validation(it), tally.of(it)));
            });
    test()
        .ifPresent(
            tally -> {
              put(values, tally, Measure.TEST_LOSS, Measure.TEST_ACCURACY);
              metrics.forEach(it -> put(values, Measure.test(it), tally.of(it)));
            });
    values.put(Measure.SECONDS, seconds);
    rowsPerSecond.ifPresent(speed -> values.put(Measure.ROWS_PER_SECOND, speed));
    return new RoundRow(round, values, digest);
  }

  private static void put(Map<Measure, Double> values, Tally rows, Measure loss, Measure right) {
    values.put(loss, rows.meanLoss());
    if (rows.hasAccuracy()) {
      values.put(right, rows.accuracy());
    }
  }

  /** Leaves out what the rows do not tell. */
  private static void put(Map<Measure, Double> values, Measure measure, double value) {
    if (Double.isFinite(value)) {
      values.put(measure, value);
    }
  }
}
