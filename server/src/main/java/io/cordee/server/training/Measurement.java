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
 * The figures of the weights after a round; all of them were measured on these weights.
 *
 * @param row the figures that follow from the tallies; whoever shows, writes or reports figures
 *     takes them from here
 * @param train the tally of the rows that the next round's gradients are taken on (for Nesterov: at
 *     the lookahead point)
 * @param evaluated the tallies of the validation and test rows, where they were evaluated
 * @param best the best weights so far, where the job monitors them
 */
public record Measurement(RoundRow row, Tally train, Evaluated evaluated, Optional<Best> best) {

  /**
   * Computes a round's figures from its tallies.
   *
   * @param metrics the job's
   * @param round how many rounds the weights have behind them; 0 for the initial ones
   * @param seconds from the start of training to the end of the round
   * @param rowsPerSecond training rows of the round by its duration; empty for round 0
   * @param digest of weights and slots; empty where none was due
   */
  public static Measurement of(
      List<Metric> metrics,
      int round,
      Tally train,
      Evaluated evaluated,
      Optional<Best> best,
      double seconds,
      OptionalDouble rowsPerSecond,
      String digest) {
    Map<Measure, Double> values = new HashMap<>();
    put(values, train, Measure.LOSS, Measure.TRAIN_ACCURACY);
    evaluated
        .validation()
        .ifPresent(
            tally -> {
              put(values, tally, Measure.VALIDATION_LOSS, Measure.VALIDATION_ACCURACY);
              metrics.forEach(it -> put(values, Measure.validation(it), tally.of(it)));
            });
    evaluated
        .test()
        .ifPresent(
            tally -> {
              put(values, tally, Measure.TEST_LOSS, Measure.TEST_ACCURACY);
              metrics.forEach(it -> put(values, Measure.test(it), tally.of(it)));
            });
    values.put(Measure.SECONDS, seconds);
    rowsPerSecond.ifPresent(speed -> values.put(Measure.ROWS_PER_SECOND, speed));
    return new Measurement(new RoundRow(round, values, digest), train, evaluated, best);
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

  /** The rounds that the weights have behind them; 0 for the initial ones. */
  public int round() {
    return row.round();
  }

  public String digest() {
    return row.digest();
  }

  public Optional<Tally> test() {
    return evaluated.test();
  }
}
