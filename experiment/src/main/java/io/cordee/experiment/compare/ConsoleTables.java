package io.cordee.experiment.compare;

import io.cordee.experiment.report.RunResult;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Spread;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;

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
    ConsoleTable<Group> table = new ConsoleTable<>();
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
    ConsoleTable<Group> table = new ConsoleTable<>();
    axes.forEach(axis -> table.words(axis, value(axis)));
    table.numbers("solved", group -> rounds(group).count() + "/" + group.runs().size());
    table.numbers(
        "success rate",
        group -> format("%.0f %%", 100.0 * rounds(group).count() / group.runs().size()));
    table.numbers("mean rounds", group -> ofSolved(group, "%.1f", statistics(group).getAverage()));
    table.numbers("± s.d.", ConsoleTables::deviation);
    table.numbers("median", ConsoleTables::medianRounds);
    table.numbers("min", group -> ofSolved(group, "%.0f", statistics(group).getMin()));
    table.numbers("max", group -> ofSolved(group, "%.0f", statistics(group).getMax()));
    return table.lines(groups);
  }

  private static Function<Group, String> value(String axis) {
    return group -> group.settings().getOrDefault(axis, "");
  }

  private static Function<Group, String> median(RunResult result) {
    return group -> result.median(group).orElse(NONE);
  }

  private static DoubleStream rounds(Group group) {
    return group.runs().stream()
        .filter(Run::isSolved)
        .mapToDouble(run -> run.metrics().lastRound());
  }

  private static DoubleSummaryStatistics statistics(Group group) {
    return rounds(group).summaryStatistics();
  }

  private static String ofSolved(Group group, String format, double value) {
    return rounds(group).count() == 0 ? NONE : format(format, value);
  }

  private static String deviation(Group group) {
    double mean = statistics(group).getAverage();
    long count = statistics(group).getCount();
    double squares = rounds(group).map(r -> (r - mean) * (r - mean)).sum();
    return count < 2 ? NONE : format("%.1f", Math.sqrt(squares / (count - 1)));
  }

  private static String medianRounds(Group group) {
    return Spread.of(rounds(group).toArray())
        .map(Spread::median)
        .map(median -> format(median == Math.rint(median) ? "%.0f" : "%.1f", median))
        .orElse(NONE);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
