package io.cordee.experiment.report;

import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.Spread;
import io.cordee.experiment.run.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** What the groups came to, and what each needed for the targets: tables in HTML. */
final class ResultTables {

  private final ReportSource source;
  private final List<String> axes;

  ResultTables(ReportSource source) {
    this.source = source;
    this.axes = List.copyOf(source.axes().keySet());
  }

  /** The end of each group. */
  String ends() {
    boolean isSolvable = source.runs().stream().anyMatch(Run::canBeSolved);
    List<String> head = new ArrayList<>(labels());
    head.addAll(List.of("runs", "loss at the end"));
    boolean isTested = source.runs().stream().anyMatch(run -> run.metrics().isTested());
    if (isTested) {
      head.addAll(List.of("test accuracy at the end", "best test accuracy of all rounds"));
    }
    head.addAll(List.of("rounds", "time"));
    if (source.scales().contains(Scale.BYTES)) {
      head.add("bytes");
    }
    if (isSolvable) {
      head.addAll(List.of("solved", "rounds to solve"));
    }
    StringBuilder html = new StringBuilder(open("What each came to", head, labels().size()));
    for (Group group : source.groups()) {
      html.append("<tr>").append(label(group));
      html.append(Html.number(runs(group)));
      html.append(number(group.spread(run -> run.metrics().last(Measure.LOSS)), Figures::loss));
      if (isTested) {
        html.append(
            number(group.spread(run -> run.metrics().last(Measure.TEST_ACCURACY)), Figures::plain));
        html.append(number(group.spread(run -> run.metrics().bestTestAccuracy()), Figures::plain));
      }
      for (Scale scale : List.of(Scale.ROUNDS, Scale.SECONDS, Scale.BYTES)) {
        if (source.scales().contains(scale)) {
          html.append(
              number(group.spread(run -> spent(run, scale)), value -> Figures.cost(scale, value)));
        }
      }
      if (isSolvable) {
        long solved = group.runs().stream().filter(Run::isSolved).count();
        html.append(Html.number(solved + "/" + group.runs().size()));
        html.append(
            number(
                group.spread(run -> run.isSolved() ? run.metrics().lastRound() : Double.NaN),
                value -> Figures.cost(Scale.ROUNDS, value)));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** What each group had spent when it reached the targets; a table for each scale. */
  String targets() {
    StringBuilder html = new StringBuilder();
    for (Scale scale : source.scales()) {
      String name = scale.name().toLowerCase(Locale.ROOT);
      List<String> head = new ArrayList<>(labels());
      source.targets().forEach(target -> head.add(target.title()));
      html.append("<div data-scale=\"").append(name).append("\">");
      html.append(open(scale.title() + " to each target", head, labels().size()));
      List<OptionalDouble> best =
          source.targets().stream().map(target -> lowest(target, scale)).toList();
      for (Group group : source.groups()) {
        html.append("<tr>").append(label(group));
        for (int i = 0; i < source.targets().size(); i++) {
          html.append(target(group, source.targets().get(i), scale, best.get(i)));
        }
        html.append("</tr>\n");
      }
      html.append("</tbody></table></div></div>\n");
    }
    return html.toString();
  }

  private String target(Group group, Target target, Scale scale, OptionalDouble best) {
    Optional<Spread> spread = spread(group, target, scale);
    if (spread.isEmpty()) {
      return "<td class=\"n none\">not reached</td>";
    }
    boolean isBest =
        isOfAll(spread.get(), group)
            && best.isPresent()
            && spread.get().median() <= best.getAsDouble();
    String cost = Figures.cost(scale, spread.get().median()) + some(spread.get(), group);
    String ends = Figures.ends(spread.get(), value -> Figures.cost(scale, value));
    return "<td class=\"n" + (isBest ? " best" : "") + "\">" + withEnds(cost, ends) + "</td>";
  }

  /**
   * The lowest median of those groups of which all runs reach it; there is none of a single one.
   */
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
    return group.spread(run -> target.cost(run, scale).orElse(Double.NaN));
  }

  private static double spent(Run run, Scale scale) {
    int last = run.metrics().size() - 1;
    return last < 0 ? Double.NaN : run.at(scale, last).orElse(Double.NaN);
  }

  private static String runs(Group group) {
    long failed = group.failed();
    return group.runs().size() + (failed > 0 ? " (" + failed + " failed)" : "");
  }

  private List<String> labels() {
    return axes.isEmpty() ? List.of("job") : axes;
  }

  /** The first cells of a group's row. */
  private String label(Group group) {
    StringBuilder html = new StringBuilder();
    for (int i = 0; i < labels().size(); i++) {
      String value =
          axes.isEmpty() ? group.label() : group.settings().getOrDefault(axes.get(i), "");
      html.append("<th scope=\"row\">").append(Html.text(value)).append("</th>");
    }
    return html.toString();
  }

  private static String number(Optional<Spread> spread, DoubleFunction<String> format) {
    return spread
        .map(s -> withEnds(format.apply(s.median()), Figures.ends(s, format)))
        .map(text -> "<td class=\"n\">" + text + "</td>")
        .orElse(Html.number("–"));
  }

  private static String withEnds(String median, String ends) {
    return Html.text(median) + (ends.isEmpty() ? "" : "<small>" + Html.text(ends) + "</small>");
  }

  /** The beginning of a table, down to its body. */
  static String open(String caption, List<String> head, int words) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table><caption>");
    html.append(Html.text(caption)).append("</caption><thead><tr>");
    for (int i = 0; i < head.size(); i++) {
      html.append(i < words ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"n\">");
      html.append(Html.text(head.get(i))).append("</th>");
    }
    return html.append("</tr></thead><tbody>\n").toString();
  }
}
