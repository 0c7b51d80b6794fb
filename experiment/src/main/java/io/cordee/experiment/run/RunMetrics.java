package io.cordee.experiment.run;

import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rows of a run's metrics that could be read, by column. What was not measured is NaN.
 *
 * @param rounds rising
 * @param digest the last that is there; empty if none is
 * @param damage what ended the table before its end, for people; empty if nothing did
 */
public record RunMetrics(
    int[] rounds, Map<Measure, double[]> columns, String digest, String damage) {

  static RunMetrics of(List<RoundRow> rows, String damage) {
    Map<Measure, double[]> columns = new HashMap<>();
    Stream.concat(Measure.all().stream(), Stream.of(Measure.SECONDS))
        .forEach(
            measure ->
                columns.put(
                    measure, rows.stream().mapToDouble(row -> row.value(measure)).toArray()));
    return new RunMetrics(
        rows.stream().mapToInt(RoundRow::round).toArray(),
        columns,
        rows.stream().map(RoundRow::digest).filter(d -> !d.isEmpty()).reduce("", (a, b) -> b),
        damage);
  }

  public int size() {
    return rounds.length;
  }

  /** One of the columns; not to be written. */
  public double[] of(Measure measure) {
    return columns.get(measure);
  }

  public int lastRound() {
    return size() == 0 ? 0 : rounds[size() - 1];
  }

  /** From the start of training to the last row. */
  public double lastSeconds() {
    return size() == 0 ? 0 : of(Measure.SECONDS)[size() - 1];
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
  public double at(int round, Measure measure) {
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

  public boolean isTested() {
    return !Double.isNaN(bestTestAccuracy());
  }
}
