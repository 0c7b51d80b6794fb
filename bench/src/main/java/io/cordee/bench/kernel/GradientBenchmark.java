package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The worker's gradient over all rows: time, against that of its matrix products. */
public final class GradientBenchmark implements Benchmark {

  private static final long MEMORY = 512L << 20;

  @Override
  public String name() {
    return "gradient";
  }

  @Override
  public String description() {
    return "784-128-10 on made-up images, 2 threads; limit: its five matrix products alone";
  }

  @Override
  public void run(Size size, Report report) throws IOException, RunnerException {
    int rows = size == Size.QUICK ? 320 : 60_000;
    try (Temporary folder = Temporary.folder()) {
      MadeUpImages.write(folder.path(), rows);
      JmhRun.Pairs times =
          JmhRun.run(FullGradient.class, Map.of("folder", folder.path().toString()), MEMORY, size);
      report.add(
          Figure.of(
              "gradient over %,d rows".formatted(rows),
              "its matrix products",
              "ms",
              milliseconds(times.kernel()),
              milliseconds(times.limit()),
              Bar.atMost(1.25)));
    }
  }

  private static double[] milliseconds(double[] nanoseconds) {
    return Arrays.stream(nanoseconds).map(time -> time / 1e6).toArray();
  }
}
