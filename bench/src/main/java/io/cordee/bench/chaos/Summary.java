package io.cordee.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What has happened to all jobs, in columns. */
final class Summary {

  private static final int NAME = 44;
  private static final int CELL = 18;

  private Summary() {}

  /**
   * Lines for people.
   *
   * @param results by rule
   */
  static List<String> lines(Map<String, Trial.Result> results) {
    List<String> lines = new ArrayList<>();
    lines.add(line("", results.keySet().stream().toList()));
    for (Kind kind : Kind.values()) {
      if (results.values().stream().anyMatch(result -> result.tally().of(kind) > 0)) {
        lines.add(line(kind.text(), results, result -> "" + result.tally().of(kind)));
      }
    }
    lines.add(line("events", results, result -> "" + result.tally().total()));
    lines.add(line("processes started", results, result -> "" + result.starts()));
    lines.add(line("rounds", results, result -> "" + result.rounds()));
    lines.add(line("seconds", results, result -> "" + result.attacked().toSeconds()));
    lines.add(line("digest, as of the quiet run", results, Trial.Result::digest));
    return lines;
  }

  private static String line(
      String name, Map<String, Trial.Result> results, Function<Trial.Result, String> cell) {
    return line(name, results.values().stream().map(cell).toList());
  }

  private static String line(String name, List<String> cells) {
    StringBuilder line = new StringBuilder(String.format("%-" + NAME + "s", name));
    cells.forEach(cell -> line.append(String.format("%" + CELL + "s", cell)));
    return line.toString();
  }
}
