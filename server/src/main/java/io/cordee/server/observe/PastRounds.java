package io.cordee.server.observe;

import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** What an earlier process has measured, as the run's {@code metrics.csv} tells. */
record PastRounds(RoundTable table, List<Metric> metrics) {

  /**
   * Reads the rows down to the first that is not sound; there is one at the end where its writer
   * was killed.
   *
   * @throws IOException if it cannot be read
   */
  static void read(Path file, List<Metric> ofJob, Consumer<Curve.Point> each) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String header = lines.readLine();
      if (header == null) {
        return;
      }
      PastRounds rows = new PastRounds(RoundTable.parse(header), ofJob);
      int last = -1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RoundRow row = rows.table.read(line);
        if (row.round() <= last) {
          return;
        }
        last = row.round();
        each.accept(rows.point(row));
      }
    } catch (IllegalArgumentException e) {
      // What follows it cannot be trusted.
    }
  }

  private Curve.Point point(RoundRow row) {
    return new Curve.Point(
        row.round(),
        row.seconds(),
        new Curve.Score(row.value(Measure.LOSS), row.value(Measure.TRAIN_ACCURACY), List.of()),
        score(row, Measure.VALIDATION_LOSS, Measure.VALIDATION_ACCURACY, Measure::validation),
        score(row, Measure.TEST_LOSS, Measure.TEST_ACCURACY, Measure::test),
        Double.NaN,
        RoundTime.NONE);
  }

  private Curve.Score score(
      RoundRow row, Measure loss, Measure accuracy, Function<Metric, Measure> of) {
    List<Measure> measures = metrics.stream().map(of).toList();
    boolean areKept = !Double.isNaN(row.value(loss)) && measures.stream().allMatch(table::has);
    return new Curve.Score(
        row.value(loss),
        row.value(accuracy),
        areKept ? measures.stream().map(row::value).toList() : List.of());
  }
}
