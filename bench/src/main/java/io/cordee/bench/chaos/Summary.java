package io.cordee.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What has happened to all jobs, in columns. */
final class Summary {

  private static final String NAME = "%-44s";
  private static final String CELL = "%18s";

  private Summary() {}

  /** Lines for people; {@code results} are by optimizer. */
  static List<String> lines(Map<String, Trial.Result> results) {
    List<String> lines = new ArrayList<>();
    lines.add(line("", results.keySet().stream().toList()));
    for (Kind kind : Kind.values()) {
      if (results.values().stream().anyMatch(result -> result.happened().containsKey(kind))) {
        lines.add(line(kind.text(), results, result -> result.happened().getOrDefault(kind, 0)));
      }
    }
    lines.add(line("events", results, Trial.Result::events));
    lines.add(line("processes started", results, Trial.Result::starts));
    lines.add(line("rounds", results, Trial.Result::rounds));
    lines.add(line("seconds", results, result -> result.attacked().toSeconds()));
    lines.add(line("digest, as of the quiet run", results, Trial.Result::digest));
    return lines;
  }

  private static String line(
      String name, Map<String, Trial.Result> results, Function<Trial.Result, Object> cell) {
    return line(name, results.values().stream().map(cell).toList());
  }

  private static String line(String name, List<?> cells) {
    StringBuilder line = new StringBuilder(String.format(NAME, name));
    cells.forEach(cell -> line.append(String.format(CELL, cell)));
    return line.toString();
  }
}
