package io.cordee.gallery;

import io.cordee.common.job.file.LoneOptimizer;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.svg.Svg;
import io.cordee.gallery.analytic.AnalyticFunction;
import io.cordee.gallery.analytic.Trace;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer's way down a function.
 *
 * @param set settings of the optimizer, each {@code key=value}
 * @param points from the start on, one per round
 */
record TracedPath(
    Landscape landscape, OptimizerSpec optimizer, List<String> set, List<Trace.Point> points) {

  static TracedPath of(
      Landscape landscape, float[] start, int rounds, String optimizer, List<String> set) {
    OptimizerSpec spec = LoneOptimizer.of(optimizer, set, "gallery");
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
    arguments.addAll(List.of("--start", x(0)[0] + "," + x(0)[1], "--optimizer", optimizer.name()));
    set.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    arguments.addAll(List.of("--rounds", Integer.toString(rounds())));
    return arguments;
  }
}
