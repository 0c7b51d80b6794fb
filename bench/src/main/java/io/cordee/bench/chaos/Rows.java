package io.cordee.bench.chaos;

import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of a job's metrics, without what depends on a clock. */
record Rows(RoundTable table) {

  private static final String DIGEST = "[0-9a-f]{16}|";

  /** Empty if it is none, or not whole. */
  Optional<RoundRow> parse(String line) {
    try {
      RoundRow row = table.read(line);
      Map<Measure, Double> measured = new HashMap<>(row.values());
      measured.keySet().removeAll(List.of(Measure.SECONDS, Measure.ROWS_PER_SECOND));
      return Optional.of(new RoundRow(row.round(), measured, row.digest()))
          .filter(it -> it.digest().matches(DIGEST));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * @throws Deviation if a line below the header is not a row
   */
  List<RoundRow> read(Path metrics) throws IOException, Deviation {
    List<String> lines = Files.readAllLines(metrics);
    if (lines.isEmpty() || !lines.get(0).equals(table.header())) {
      throw new Deviation(metrics + " does not begin with its header");
    }
    List<RoundRow> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rows.add(
          parse(line).orElseThrow(() -> new Deviation(metrics + ": not a row: \"" + line + "\"")));
    }
    return rows;
  }

  /**
   * Compares a run with the quiet one: every round once, in order, with the very loss, accuracies,
   * metrics and digest.
   *
   * @throws Deviation naming the first row that is not so
   */
  void compare(List<RoundRow> quiet, List<RoundRow> found) throws Deviation {
    for (int i = 0; i < Math.min(quiet.size(), found.size()); i++) {
      String row = table.write(found.get(i));
      if (found.get(i).round() != i) {
        throw new Deviation("metrics.csv: expected round " + i + " in row " + i + "; found " + row);
      }
      if (!found.get(i).equals(quiet.get(i))) {
        throw new Deviation(
            "metrics.csv: expected %s as in the quiet run; found %s"
                .formatted(table.write(quiet.get(i)), row));
      }
    }
    if (found.size() != quiet.size()) {
      throw new Deviation("metrics.csv: expected " + quiet.size() + " rows; found " + found.size());
    }
  }
}
