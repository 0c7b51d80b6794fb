package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import java.io.IOException;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The worker's gradient over all rows: time, against that of its matrix products. */
public final class GradientBenchmark {

  private static final long MEMORY = 512L << 20;

  private GradientBenchmark() {}

  public static void run(Size size, Report report) throws IOException, RunnerException {
    int rows = size.choose(60_000, 320);
    try (Temporary folder = Temporary.folder()) {
      MadeUpImages.write(folder.path(), rows);
      Map<String, String> settings = Map.of("folder", folder.path().toString());
      report.add(
          "gradient over %,d rows".formatted(rows),
          "its matrix products",
          "ms",
          JmhRun.run(FullGradient.class, settings, MEMORY, size).times(1e-6),
          Bar.atMost(1.25));
    }
  }
}
