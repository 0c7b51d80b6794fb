package io.cordee.experiment.compare;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How many seeds of each combination reached what the job's {@code stop} asks for, and after how
 * many rounds: a table for the console.
 */
public final class SolvedTable {

  private SolvedTable() {}

  /** The lines of the table; none if no job says what it is to have solved its problem. */
  public static List<String> lines(List<String> axes, List<Group> groups) {
    if (groups.stream().noneMatch(group -> group.runs().stream().anyMatch(Run::canBeSolved))) {
      return List.of();
    }
    List<String> header = new ArrayList<>(axes);
    header.addAll(List.of("solved", "share", "mean rounds", "± s.d.", "median", "fewest", "most"));
    ConsoleTable table = new ConsoleTable(header, axes.size());
    for (Group group : groups) {
      List<String> row = new ArrayList<>();
      axes.forEach(axis -> row.add(group.settings().getOrDefault(axis, "")));
      row.addAll(figures(group));
      table.add(row);
    }
    return table.lines();
  }

  private static List<String> figures(Group group) {
    int all = group.runs().size();
    double[] rounds =
        group.runs().stream()
            .filter(Run::isSolved)
            .mapToDouble(run -> run.metrics().lastRound())
            .sorted()
            .toArray();
    List<String> figures = new ArrayList<>();
    figures.add(rounds.length + "/" + all);
    figures.add(String.format(Locale.ROOT, "%.0f %%", 100.0 * rounds.length / all));
    if (rounds.length == 0) {
      figures.addAll(List.of("-", "-", "-", "-", "-"));
      return figures;
    }
    double mean = Arrays.stream(rounds).average().orElseThrow();
    double squares = Arrays.stream(rounds).map(r -> (r - mean) * (r - mean)).sum();
    double median = (rounds[(rounds.length - 1) / 2] + rounds[rounds.length / 2]) / 2;
    figures.add(String.format(Locale.ROOT, "%.1f", mean));
    figures.add(
        rounds.length < 2
            ? "-"
            : String.format(Locale.ROOT, "%.1f", Math.sqrt(squares / (rounds.length - 1))));
    figures.add(String.format(Locale.ROOT, median == Math.rint(median) ? "%.0f" : "%.1f", median));
    figures.add(String.valueOf((int) rounds[0]));
    figures.add(String.valueOf((int) rounds[rounds.length - 1]));
    return figures;
  }
}
