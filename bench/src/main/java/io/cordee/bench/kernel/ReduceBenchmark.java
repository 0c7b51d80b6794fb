package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The sum of several contributions: bytes that it needs per second, against the triad. */
public final class ReduceBenchmark {

  private ReduceBenchmark() {}

  public static void run(Size size, Report report) throws RunnerException {
    report.note("counted per parameter: each contribution read once, the sum written once");
    for (int contributions : List.of(4, 32)) {
      BesideTriad.measure(
          contributions + " contributions",
          TreeSum.class,
          Map.of("contributions", Integer.toString(contributions)),
          size.choose(10_000_000, 200_000),
          contributions + 1,
          contributions,
          Bar.atLeast(0.8),
          size,
          report);
    }
  }
}
