package io.cordee.gallery;

import io.cordee.common.job.file.LoneRule;
import io.cordee.common.rule.RuleSpec;
import io.cordee.common.svg.Svg;
import io.cordee.gallery.analytic.AnalyticFunction;
import io.cordee.gallery.analytic.Trace;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule's way down a function.
 *
 * @param set settings of the rule, each {@code key=value}
 * @param points from the start on, one per round
 */
record TracedPath(Landscape landscape, RuleSpec rule, List<String> set, List<Trace.Point> points) {

  static TracedPath of(
      Landscape landscape, float[] start, int rounds, String rule, List<String> set) {
    RuleSpec spec = LoneRule.of(rule, set, "gallery");
    return new TracedPath(
        landscape, spec, set, Trace.run(landscape.function(), start, spec, rounds));
  }

  int rounds() {
    return points.size() - 1;
  }

  float[] x(int round) {
    return points.get(round).x();
  }

  /** The arguments of {@code cordee} that print the same numbers. */
  List<String> command() {
    List<String> arguments = new ArrayList<>(List.of("trace", "--function", landscape.name()));
    if (landscape.condition() != AnalyticFunction.DEFAULT_CONDITION) {
      arguments.addAll(List.of("--condition", Svg.number(landscape.condition())));
    }
    arguments.addAll(List.of("--start", x(0)[0] + "," + x(0)[1], "--rule", rule.name()));
    set.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    arguments.addAll(List.of("--rounds", Integer.toString(rounds())));
    return arguments;
  }
}
