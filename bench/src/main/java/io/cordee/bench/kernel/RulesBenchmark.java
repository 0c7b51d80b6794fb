package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** Every rule's step: bytes touched per second, against the triad of the same size. */
public final class RulesBenchmark {

  private static final List<String> STRAIGHT =
      List.of("gd", "momentum", "nesterov", "rmsprop", "adam");
  private static final List<String> BY_SIGNS =
      List.of(
          "rprop",
          "rprop+",
          "rprop-",
          "irprop+",
          "irprop-",
          "quickprop",
          "signsgd",
          "signum",
          "lion");

  /** Rules that go back to the previous weights, which they read where they write the next. */
  private static final List<String> BACKTRACKING = List.of("rprop", "rprop+", "irprop+");

  private RulesBenchmark() {}

  public static void run(Size size, Report report) throws RunnerException {
    report.note(
        "counted per parameter: gradient and weights read, weights written, each slot read and"
            + " written, for backtracking rules the previous weights read");
    for (int parameters : size.choose(List.of(10_000_000, 100_000_000), List.of(200_000))) {
      for (String rule : STRAIGHT) {
        measure(rule, parameters, Bar.atLeast(0.9), size, report);
      }
      for (String rule : BY_SIGNS) {
        measure(rule, parameters, Bar.atLeast(0.8), size, report);
      }
    }
  }

  private static void measure(String rule, int parameters, Bar bar, Size size, Report report)
      throws RunnerException {
    int slots = RuleStep.optimizer(rule, parameters).slots().size();
    int floats = 3 + 2 * slots + (BACKTRACKING.contains(rule) ? 1 : 0);
    // The start, two versions, gradient, slots.
    int arrays = 4 + slots;
    BesideTriad.measure(
        rule, RuleStep.class, Map.of("rule", rule), parameters, floats, arrays, bar, size, report);
  }
}
