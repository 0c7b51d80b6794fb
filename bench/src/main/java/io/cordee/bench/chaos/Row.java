package io.cordee.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A row of the metrics, without what a clock has to do with.
 *
 * @param measured loss and accuracies, as they are written
 */
record Row(int round, List<String> measured, String digest) {

  private static final int CELLS = 7;
  private static final int FIRST_OF_CLOCK = 4;
  private static final int DIGEST = 6;

  /** Empty if it is none, or not whole. */
  static Optional<Row> parse(String line) {
    String[] cells = line.split(",", -1);
    if (cells.length != CELLS || !cells[DIGEST].matches("[0-9a-f]{16}")) {
      return Optional.empty();
    }
    try {
      int round = Integer.parseInt(cells[0]);
      List<String> measured = List.of(Arrays.copyOfRange(cells, 1, FIRST_OF_CLOCK));
      return Optional.of(new Row(round, measured, cells[DIGEST]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * All rows of a file, below its header.
   *
   * @throws Deviation if a line is not one
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
}
