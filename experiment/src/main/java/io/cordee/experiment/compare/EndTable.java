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
    this.hasTest =
        groups.stream().flatMap(g -> g.runs().stream()).anyMatch(r -> r.metrics().isTested());
    this.hasSeeds = groups.stream().anyMatch(group -> group.runs().size() > 1);
    this.hasFailed = groups.stream().anyMatch(group -> group.failed() > 0);
  }

  /**
   * The lines of the table: medians over seeds, of what the saved weights come to: the test
   * accuracy, or the loss where nothing was tested.
   */
  public static List<String> lines(List<String> axes, List<Group> groups) {
    return new EndTable(axes, groups).lines();
  }

  private List<String> lines() {
    List<String> header = new ArrayList<>(axes.isEmpty() ? List.of("job") : axes);
    int words = header.size();
    header.add(hasTest ? "test accuracy" : "loss");
    if (hasSeeds) {
      boolean hasQuartiles =
          groups.stream().anyMatch(group -> group.runs().size() >= Spread.QUARTILES_FROM);
      header.add(hasQuartiles ? "quartiles" : "of all seeds");
    }
    if (hasTest) {
      header.add("best of all rounds");
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
    if (hasTest) {
      row.add(median(group, run -> run.metrics().bestTestAccuracy(), format));
    }
    row.add(median(group, run -> run.metrics().lastRound(), v -> Figures.cost(Scale.ROUNDS, v)));
    row.add(median(group, run -> run.metrics().lastSeconds(), v -> Figures.cost(Scale.SECONDS, v)));
    if (hasFailed) {
      row.add(group.failed() == 0 ? "" : group.failed() + "/" + group.runs().size());
    }
    return row;
  }

  private static String ends(Spread spread, DoubleFunction<String> format) {
    return format.apply(spread.low()) + " – " + format.apply(spread.high());
  }

  private static String median(
      Group group, ToDoubleFunction<Run> number, DoubleFunction<String> format) {
    return group.spread(number).map(spread -> format.apply(spread.median())).orElse(NONE);
  }

  private Optional<Spread> figure(Group group) {
    Measure measure = hasTest ? Measure.TEST_ACCURACY : Measure.LOSS;
    return group.spread(run -> run.metrics().last(measure));
  }
}
