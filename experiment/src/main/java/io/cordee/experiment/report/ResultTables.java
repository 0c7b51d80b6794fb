package io.cordee.experiment.report;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import io.cordee.experiment.run.Target;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.DoubleFunction;

/** Results of the groups, and their cost to reach each target: tables in HTML. */
record ResultTables(ReportSource source) {

  String ends() {
    Table<Group> table = labelled();
    if (source.runs().size() > source.groups().size()) {
      table.numbers("runs", ResultTables::runs);
    } else {
      table.words("outcome", group -> SettingTables.end(group.runs().get(0)));
    }
    for (RunResult result : RunResult.OF_WEIGHTS) {
      if (source.groups().stream().anyMatch(group -> result.of(group).isPresent())) {
        result(table, result);
      }
    }
    spent(table, "rounds", Scale.ROUNDS);
    spent(table, "time", Scale.SECONDS);
    if (source.scales().contains(Scale.BYTES)) {
      spent(table, "bytes", Scale.BYTES);
    }
    if (source.runs().stream().anyMatch(Run::canBeSolved)) {
      table.numbers(
          "solved",
          group -> group.runs().stream().filter(Run::isSolved).count() + "/" + group.runs().size());
      table.cells(
          "rounds to solve",
          group ->
              number(
                  group.spread(run -> run.isSolved() ? run.metrics().lastRound() : Double.NaN),
                  value -> NumberText.cost(Scale.ROUNDS, value)));
    }
    return table.html("At the end of training", source.groups());
  }

  private static void result(Table<Group> table, RunResult result) {
    table.cells(result.title(), group -> number(result.of(group), result::text));
  }

  private static void spent(Table<Group> table, String title, Scale scale) {
    table.cells(
        title,
        group ->
            number(group.spread(run -> run.spent(scale)), value -> NumberText.cost(scale, value)));
  }

  /** What each group had spent when it reached the targets; a table for each scale. */
  String targets() {
    StringBuilder html = new StringBuilder();
    for (Scale scale : source.scales()) {
      Table<Group> table = labelled();
      for (Target target : source.targets()) {
        OptionalDouble best = lowest(target, scale);
        table.cells(target.title(), group -> target(group, target, scale, best));
      }
      html.append("<div data-scale=\"" + scale.name().toLowerCase(Locale.ROOT) + "\">");
      html.append(table.html(scale.title() + " to each target", source.groups()).stripTrailing());
      html.append("</div>\n");
    }
    return html.toString();
  }

  private static TableCell target(Group group, Target target, Scale scale, OptionalDouble best) {
    Optional<Spread> spread = spread(group, target, scale);
    if (spread.isEmpty()) {
      return TableCell.of("not reached").none();
    }
    boolean isBest =
        isOfAll(spread.get(), group)
            && best.isPresent()
            && spread.get().median() <= best.getAsDouble();
    return TableCell.of(NumberText.cost(scale, spread.get().median()) + some(spread.get(), group))
        .with(NumberText.ends(spread.get(), value -> NumberText.cost(scale, value)))
        .best(isBest);
  }

  /** The lowest median of those groups of which all runs reach it, if there are several groups. */
  private OptionalDouble lowest(Target target, Scale scale) {
    return source.groups().stream()
        .filter(group -> source.groups().size() > 1)
        .map(group -> spread(group, target, scale).filter(s -> isOfAll(s, group)))
        .flatMap(Optional::stream)
        .mapToDouble(Spread::median)
        .min();
  }

  static boolean isOfAll(Spread spread, Group group) {
    return spread.count() == group.runs().size();
  }

  /** Of how many runs it is, if not of all. */
  static String some(Spread spread, Group group) {
    return isOfAll(spread, group) ? "" : " (" + spread.count() + " of " + group.runs().size() + ")";
  }

  static Optional<Spread> spread(Group group, Target target, Scale scale) {
    return group.spread(run -> target.cost(run, scale));
  }

  private static String runs(Group group) {
    long failed = group.failed();
    return group.runs().size() + (failed > 0 ? " (" + failed + " failed)" : "");
  }

  /** With what tells a row from others. */
  private Table<Group> labelled() {
    Set<String> axes = source.axes().keySet();
    Table<Group> table = new Table<>();
    if (axes.isEmpty()) {
      table.names("job", Group::label);
    }
    axes.forEach(axis -> table.names(axis, group -> group.settings().getOrDefault(axis, "")));
    return table;
  }

  private static TableCell number(Optional<Spread> spread, DoubleFunction<String> format) {
    return spread
        .map(s -> TableCell.of(format.apply(s.median())).with(NumberText.ends(s, format)))
        .orElse(TableCell.of("–"));
  }
}
