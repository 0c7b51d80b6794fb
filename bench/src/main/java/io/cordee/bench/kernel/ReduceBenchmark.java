package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark;
import io.cordee.bench.Machine;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Count;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The sum of several contributions: bytes that it needs per second, against the triad. */
public final class ReduceBenchmark implements Benchmark {

  @Override
  public String name() {
    return "reduce";
  }

  @Override
  public String description() {
    return "contributions added along the tree, 2 threads by chunks; limit: triad";
  }

  @Override
  public void run(Size size, Report report) throws RunnerException {
    report.note("counted per parameter: each contribution read once, the sum written once");
    int parameters = size == Size.QUICK ? 200_000 : 10_000_000;
    for (int contributions : List.of(4, 32)) {
      measure(contributions, parameters, size, report);
    }
  }

  private static void measure(int contributions, int parameters, Size size, Report report)
      throws RunnerException {
    int bytes = (contributions + 1) * Float.BYTES;
    String name =
        "%d contributions, %s (%d B)".formatted(contributions, Count.of(parameters), bytes);
    long memory = (3L + contributions) * Float.BYTES * parameters;
    if (memory > Machine.availableMemory() * 0.8) {
      report.note("%s: skipped, as it needs %,d MB".formatted(name, memory / 1_000_000));
      return;
    }
    JmhRun.Pairs times =
        JmhRun.run(
            TreeSum.class,
            Map.of(
                "contributions",
                Integer.toString(contributions),
                "parameters",
                Integer.toString(parameters)),
            memory,
            size);
    report.add(
        Figure.of(
            name,
            "triad",
            "GB/s",
            JmhRun.Pairs.rates(times.kernel(), (double) bytes * parameters),
            JmhRun.Pairs.rates(times.limit(), (double) Triad.BYTES * parameters),
            Bar.atLeast(0.8)));
  }
}
