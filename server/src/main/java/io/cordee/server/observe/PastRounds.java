package io.cordee.server.observe;

import io.cordee.common.measure.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** What an earlier process has measured, as the run's {@code metrics.csv} tells. */
final class PastRounds {

  private final List<String> columns;
  private final List<Metric> metrics;
  private int last = -1;

  private PastRounds(List<String> columns, List<Metric> metrics) {
    this.columns = columns;
    this.metrics = metrics;
  }

  /**
   * Reads the rows down to the first that is not sound; there is one at the end where its writer
   * was killed.
   *
   * @param ofJob its metrics
   * @throws IOException if it cannot be read
   */
  static void read(Path file, List<Metric> ofJob, Consumer<Curve.Point> each) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String header = lines.readLine();
      if (header == null) {
        return;
      }
      PastRounds rows = new PastRounds(List.of(header.split(",")), ofJob);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        each.accept(rows.point(line.split(",", -1)));
      }
    } catch (IllegalArgumentException e) {
      // What follows it cannot be trusted.
    }
  }

  /**
   * @throws IllegalArgumentException if it is not sound
   */
  private Curve.Point point(String[] row) {
    int round = (int) value(row, "round");
    if (row.length != columns.size() || round <= last) {
      throw new IllegalArgumentException("not the row of a later round");
    }
    last = round;
    return new Curve.Point(
        round,
        value(row, "seconds"),
        new Curve.Score(value(row, "loss"), value(row, "train_accuracy"), List.of()),
        score(row, "validation_"),
        score(row, "test_"),
        Double.NaN,
        Split.NONE);
  }

  private Curve.Score score(String[] row, String kind) {
    double loss = value(row, kind + "loss");
    boolean areKept =
        !Double.isNaN(loss) && metrics.stream().allMatch(it -> columns.contains(kind + it.key()));
    return new Curve.Score(
        loss,
        value(row, kind + "accuracy"),
        areKept ? metrics.stream().map(it -> value(row, kind + it.key())).toList() : List.of());
  }

  private double value(String[] row, String column) {
    int at = columns.indexOf(column);
    if (at < 0 || at >= row.length) {
      throw new IllegalArgumentException("no " + column);
    }
    return row[at].isEmpty() ? Double.NaN : Double.parseDouble(row[at]);
  }
}
