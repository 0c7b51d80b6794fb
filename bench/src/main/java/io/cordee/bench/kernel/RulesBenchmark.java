package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark;
import io.cordee.bench.Machine;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Count;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import io.cordee.common.rule.Optimizer;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** Every rule's step: bytes touched per second, against the triad of the same size. */
public final class RulesBenchmark implements Benchmark {

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

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public String description() {
    return "a rule's step, 2 threads by ranges; limit: triad of as many floats on as many threads";
  }

  @Override
  public void run(Size size, Report report) throws RunnerException {
    report.note(
        "counted per parameter: gradient and weights read, weights written, each slot read and"
            + " written, for backtracking rules the previous weights read");
    List<Integer> lengths =
        size == Size.QUICK ? List.of(200_000) : List.of(10_000_000, 100_000_000);
    for (int parameters : lengths) {
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
    Optimizer optimizer = RuleStep.optimizer(rule, parameters);
    int bytes = bytesTouched(rule, optimizer);
    String name = "%s, %s (%d B)".formatted(rule, Count.of(parameters), bytes);
    // The start, two versions, gradient, slots; the triad's three.
    long arrays = 7L + optimizer.slots().size();
    long memory = arrays * Float.BYTES * parameters;
    if (memory > Machine.availableMemory() * 0.8) {
      report.note("%s: skipped, as it needs %,d MB".formatted(name, memory / 1_000_000));
      return;
    }
    JmhRun.Pairs times =
        JmhRun.run(
            RuleStep.class,
            Map.of("rule", rule, "parameters", Integer.toString(parameters)),
            memory,
            size);
    report.add(
        Figure.of(
            name,
            "triad",
            "GB/s",
            JmhRun.Pairs.rates(times.kernel(), (double) bytes * parameters),
            JmhRun.Pairs.rates(times.limit(), (double) Triad.BYTES * parameters),
            bar));
  }

  private static int bytesTouched(String rule, Optimizer optimizer) {
    int floats = 3 + 2 * optimizer.slots().size() + (BACKTRACKING.contains(rule) ? 1 : 0);
    return floats * Float.BYTES;
  }
}
