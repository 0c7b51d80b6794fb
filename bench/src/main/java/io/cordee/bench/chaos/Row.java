package io.cordee.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A row of the metrics, without what depends on a clock. */
record Row(int round, List<String> measured, String digest) {

  /** Of every job; its metrics follow. */
  private static final int CELLS = 10;

  private static final int FIRST_OF_CLOCK = 4;
  private static final int DIGEST = 6;

  /** Empty if it is none, or not whole. */
  static Optional<Row> parse(String line) {
    String[] cells = line.split(",", -1);
    if (cells.length < CELLS
        || !cells[0].matches("[0-9]{1,9}")
        || !cells[DIGEST].matches("[0-9a-f]{16}")) {
      return Optional.empty();
    }
    List<String> measured = new ArrayList<>(List.of(cells).subList(1, FIRST_OF_CLOCK));
    measured.addAll(List.of(cells).subList(DIGEST + 1, cells.length));
    return Optional.of(new Row(Integer.parseInt(cells[0]), measured, cells[DIGEST]));
  }

  /**
   * @throws Deviation if a line below the header is not a row
   */
  static List<Row> read(Path metrics) throws IOException, Deviation {
    List<String> lines = Files.readAllLines(metrics);
    if (lines.isEmpty() || !lines.get(0).startsWith("round,")) {
      throw new Deviation(metrics + " does not begin with its header");
    }
    List<Row> rows = new ArrayList<>();
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
  static void compare(List<Row> quiet, List<Row> found) throws Deviation {
    for (int i = 0; i < Math.min(quiet.size(), found.size()); i++) {
      if (found.get(i).round() != i) {
        throw new Deviation(
            "metrics.csv: expected round " + i + " in row " + i + "; found " + found.get(i));
      }
      if (!found.get(i).equals(quiet.get(i))) {
        throw new Deviation(
            "metrics.csv: expected %s as in the quiet run; found %s"
                .formatted(quiet.get(i), found.get(i)));
      }
    }
    if (found.size() != quiet.size()) {
      throw new Deviation("metrics.csv: expected " + quiet.size() + " rows; found " + found.size());
    }
  }
}
