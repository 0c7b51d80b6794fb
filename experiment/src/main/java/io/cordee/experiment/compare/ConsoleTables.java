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
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

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
    table.numbers("solved", group -> rounds(group).getN() + "/" + group.runs().size());
    table.numbers(
        "success rate",
        group -> format("%.0f %%", 100.0 * rounds(group).getN() / group.runs().size()));
    table.numbers("mean rounds", group -> format("%.1f", rounds(group).getMean()));
    table.numbers(
        "± s.d.",
        group ->
            rounds(group).getN() < 2 ? NONE : format("%.1f", rounds(group).getStandardDeviation()));
    table.numbers("median", ConsoleTables::medianRounds);
    table.numbers("min", group -> format("%.0f", rounds(group).getMin()));
    table.numbers("max", group -> format("%.0f", rounds(group).getMax()));
    return table.lines(groups);
  }

  private static Function<Group, String> value(String axis) {
    return group -> group.settings().getOrDefault(axis, "");
  }

  private static Function<Group, String> median(RunResult result) {
    return group -> result.median(group).orElse(NONE);
  }

  private static DescriptiveStatistics rounds(Group group) {
    return new DescriptiveStatistics(
        group.runs().stream()
            .filter(Run::isSolved)
            .mapToDouble(run -> run.metrics().lastRound())
            .toArray());
  }

  private static String medianRounds(Group group) {
    double median = rounds(group).getPercentile(50);
    return format(median == Math.rint(median) ? "%.0f" : "%.1f", median);
  }

  private static String format(String format, double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, format, value);
  }
}
