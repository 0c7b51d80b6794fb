package io.cordee.gallery;

import io.cordee.common.job.LoneRule;
import io.cordee.gallery.analytic.AnalyticFunctions;
import io.cordee.gallery.analytic.Trace;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule's way down a function.
 *
 * @param settings of the rule, each {@code key=value}
 * @param sights from the start on, one per round
 */
record TracedPath(
    Landscape landscape,
    float[] start,
    String rule,
    List<String> settings,
    List<Trace.Sight> sights) {

  static TracedPath of(
      Landscape landscape, float[] start, int rounds, String rule, String... settings) {
    List<String> given = List.of(settings);
    return new TracedPath(
        landscape,
        start,
        rule,
        given,
        Trace.watch(landscape.function(), start, LoneRule.of(rule, given, "gallery"), rounds));
  }

  static TracedPath of(Landscape landscape, int rounds, String rule, String... settings) {
    return of(landscape, landscape.start(), rounds, rule, settings);
  }

  int rounds() {
    return sights.size() - 1;
  }

  float[] x(int round) {
    return sights.get(round).point().x();
  }

  /** The arguments of {@code cordee} that print the same numbers. */
  List<String> command() {
    List<String> arguments =
        new ArrayList<>(List.of("trace", "--function", landscape.function().name()));
    if (landscape.condition() != AnalyticFunctions.DEFAULT_CONDITION) {
      arguments.addAll(List.of("--condition", View.number(landscape.condition())));
    }
    arguments.addAll(List.of("--start", start[0] + "," + start[1], "--rule", rule));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of("--rounds", Integer.toString(rounds())));
    return arguments;
  }
}
