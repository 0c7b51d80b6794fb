package io.cordee.experiment.compare;

import io.cordee.experiment.report.Figures;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** What each combination came to, the best first: a table for the console. */
public final class EndTable {

  private static final String NONE = "-";

  private final List<String> axes;
  private final List<Group> groups;
  private final boolean hasTest;
  private final boolean hasSeeds;
  private final boolean hasFailed;

  private EndTable(List<String> axes, List<Group> groups) {
    this.axes = axes;
    this.groups = groups;
    this.hasTest = groups.stream().flatMap(g -> g.runs().stream()).anyMatch(EndTable::isTested);
    this.hasSeeds = groups.stream().anyMatch(group -> group.runs().size() > 1);
    this.hasFailed = groups.stream().anyMatch(group -> group.failed() > 0);
  }

  /**
   * The lines of the table: medians over seeds, of the best test accuracies, or of the last losses
   * where nothing was tested.
   */
  public static List<String> lines(List<String> axes, List<Group> groups) {
    return new EndTable(axes, groups).lines();
  }

  private List<String> lines() {
    List<String> header = new ArrayList<>(axes.isEmpty() ? List.of("job") : axes);
    int words = header.size();
    header.add(hasTest ? "best test accuracy" : "loss");
    if (hasSeeds) {
      boolean hasQuartiles =
          groups.stream().anyMatch(group -> group.runs().size() >= Spread.QUARTILES_FROM);
      header.add(hasQuartiles ? "quartiles" : "of all seeds");
    }
    header.addAll(List.of("rounds", "time"));
    if (hasFailed) {
      header.add("failed");
    }
    ConsoleTable table = new ConsoleTable(header, words);
    groups.stream().sorted(bestFirst()).forEach(group -> table.add(row(group)));
    return table.lines();
  }

  private Comparator<Group> bestFirst() {
    Comparator<Double> order = hasTest ? Comparator.reverseOrder() : Comparator.naturalOrder();
    return Comparator.comparing(
        group -> figure(group).map(Spread::median).orElse(null), Comparator.nullsLast(order));
  }

  private List<String> row(Group group) {
    List<String> row = new ArrayList<>();
    if (axes.isEmpty()) {
      row.add(group.label());
    }
    axes.forEach(axis -> row.add(group.settings().getOrDefault(axis, "")));
    DoubleFunction<String> format = hasTest ? Figures::plain : Figures::loss;
    Optional<Spread> figure = figure(group);
    row.add(figure.map(spread -> format.apply(spread.median())).orElse(NONE));
    if (hasSeeds) {
      row.add(figure.map(spread -> ends(spread, format)).orElse(NONE));
    }
    row.add(median(group, run -> run.metrics().lastRound(), Scale.ROUNDS));
    row.add(median(group, run -> run.metrics().lastSeconds(), Scale.SECONDS));
    if (hasFailed) {
      row.add(group.failed() == 0 ? "" : group.failed() + "/" + group.runs().size());
    }
    return row;
  }

  private static String ends(Spread spread, DoubleFunction<String> format) {
    return format.apply(spread.low()) + " – " + format.apply(spread.high());
  }

  private static String median(Group group, ToDoubleFunction<Run> spent, Scale scale) {
    return group.spread(spent).map(spread -> Figures.cost(scale, spread.median())).orElse(NONE);
  }

  private Optional<Spread> figure(Group group) {
    return group.spread(
        run ->
            !hasTest
                ? run.metrics().last(Measure.LOSS)
                : isTested(run) ? run.metrics().testAccuracy()[run.metrics().best()] : Double.NaN);
  }

  private static boolean isTested(Run run) {
    return run.metrics().best() >= 0;
  }
}
