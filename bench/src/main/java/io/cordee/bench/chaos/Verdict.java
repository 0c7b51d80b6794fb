package io.cordee.bench.chaos;

import java.util.List;

/** Compares the rows of a run with those of the quiet one. */
final class Verdict {

  private Verdict() {}

  /**
   * Every round once, in order, with the very loss, accuracies and digest.
   *
   * @throws Deviation naming the first row that is not so
   */
  static void compare(List<Row> quiet, List<Row> found) throws Deviation {
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).round() != i) {
        throw new Deviation(
            "metrics.csv: expected round " + i + " in row " + i + "; found " + found.get(i));
      }
      if (i >= quiet.size()) {
        throw new Deviation(
            "metrics.csv: expected " + quiet.size() + " rows; found " + found.size());
      }
      if (!found.get(i).equals(quiet.get(i))) {
        throw new Deviation(
            "metrics.csv: expected %s as in the quiet run; found %s"
                .formatted(quiet.get(i), found.get(i)));
      }
    }
    if (found.size() < quiet.size()) {
      throw new Deviation("metrics.csv: expected " + quiet.size() + " rows; found " + found.size());
    }
  }
}
