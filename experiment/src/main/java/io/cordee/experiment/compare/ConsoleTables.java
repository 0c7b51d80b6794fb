package io.cordee.experiment.compare;

import io.cordee.experiment.report.RunResult;
import io.cordee.experiment.report.Table;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Spread;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/** Results of a comparison: tables for the console. */
public final class ConsoleTables {

  private static final String NONE = "-";

  private ConsoleTables() {}

  /**
   * The result of each group, the best first: medians over seeds, of {@linkplain RunResult#counting
   * what counts}.
   */
  public static List<String> ends(List<String> axes, List<Group> groups) {
    RunResult figure = RunResult.counting(groups);
    Table<Group> table = new Table<>();
    if (axes.isEmpty()) {
      table.words("job", Group::label);
    }
    axes.forEach(axis -> table.words(axis, value(axis)));
    table.numbers(figure.brief(), median(figure));
    if (groups.stream().anyMatch(group -> group.runs().size() > 1)) {
      boolean hasQuartiles =
          groups.stream().anyMatch(group -> group.runs().size() >= Spread.QUARTILES_FROM);
      table.numbers(
          hasQuartiles ? "quartiles" : "range",
          group ->
              figure
                  .of(group)
                  .map(s -> figure.text(s.low()) + " – " + figure.text(s.high()))
                  .orElse(NONE));
    }
    for (RunResult more : List.of(RunResult.BEST_TEST_ACCURACY, RunResult.BEST_ROUND)) {
      if (groups.stream().anyMatch(group -> more.of(group).isPresent())) {
        table.numbers(more.brief(), median(more));
      }
    }
    table.numbers("rounds", median(RunResult.ROUNDS));
    table.numbers("time", median(RunResult.TIME));
    if (groups.stream().anyMatch(group -> group.failed() > 0)) {
      table.numbers(
          "failed", group -> group.failed() == 0 ? "" : group.failed() + "/" + group.runs().size());
    }
    Comparator<Double> order =
        figure.isLoss() ? Comparator.naturalOrder() : Comparator.reverseOrder();
    Comparator<Group> bestFirst =
        Comparator.comparing(
            group -> figure.of(group).map(Spread::median).orElse(null),
            Comparator.nullsLast(order));
    return table.lines(groups.stream().sorted(bestFirst).toList());
  }

  /**
   * How many seeds of each group reached what the job's {@code stop} asks for, and after how many
   * rounds; no lines if no job says what it is to have solved its problem.
   */
  public static List<String> solved(List<String> axes, List<Group> groups) {
    if (groups.stream().noneMatch(group -> group.runs().stream().anyMatch(Run::canBeSolved))) {
      return List.of();
    }
    Table<Group> table = new Table<>();
    axes.forEach(axis -> table.words(axis, value(axis)));
    table.numbers("solved", group -> rounds(group).length + "/" + group.runs().size());
    table.numbers(
        "success rate",
        group -> format("%.0f %%", 100.0 * rounds(group).length / group.runs().size()));
    table.numbers("mean rounds", group -> format("%.1f", Mean.of(rounds(group)).getAsDouble()));
    table.numbers(
        "± s.d.",
        group ->
            rounds(group).length < 2
                ? NONE
                : format("%.1f", StandardDeviation.of(rounds(group)).getAsDouble()));
    table.numbers("median", ConsoleTables::medianRounds);
    table.numbers("min", group -> format("%.0f", quantile(group, 0)));
    table.numbers("max", group -> format("%.0f", quantile(group, 1)));
    return table.lines(groups);
  }

  private static Function<Group, String> value(String axis) {
    return group -> group.settings().getOrDefault(axis, "");
  }

  private static Function<Group, String> median(RunResult result) {
    return group -> result.median(group).orElse(NONE);
  }

  /** Returns the rounds that the runs of a group took to solve it, in order. */
  private static double[] rounds(Group group) {
    return group.runs().stream()
        .filter(Run::isSolved)
        .mapToDouble(run -> run.metrics().lastRound())
        .sorted()
        .toArray();
  }

  private static double quantile(Group group, double share) {
    double[] rounds = rounds(group);
    return rounds.length == 0 ? Double.NaN : Spread.quantile(rounds, share);
  }

  private static String medianRounds(Group group) {
    double median = quantile(group, 0.5);
    return format(median == Math.rint(median) ? "%.0f" : "%.1f", median);
  }

  private static String format(String format, double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, format, value);
  }
}
