package io.cordee.bench.kernel;

import io.cordee.bench.Benchmark.Size;
import io.cordee.bench.report.Pairs;
import io.cordee.cli.team.JavaProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a {@link Turns} by JMH and tells the turns apart again. */
final class JmhRun {

  private static final int THREADS = 2;
  private static final int FORKS = 2;
  private static final int WARMUPS = 8; // even: the limit is first
  private static final int ITERATIONS = 12; // even, too
  private static final long HEAP_BESIDES = 512L << 20;

  private JmhRun() {}

  /**
   * @param parameters of the benchmark class, by name
   * @param bytes that its arrays take
   * @return nanoseconds per pass
   */
  static Pairs run(
      Class<? extends Turns> benchmark, Map<String, String> parameters, long bytes, Size size)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
            .threads(THREADS)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    if (size == Size.QUICK) {
      TimeValue moment = TimeValue.milliseconds(1);
      options.forks(0).warmupIterations(0).measurementIterations(2).measurementTime(moment);
    } else {
      long mebibytes = (bytes + HEAP_BESIDES) >> 20;
      List<String> jvm = new ArrayList<>(JavaProcess.options());
      Collections.addAll(
          jvm,
          "-Xms" + mebibytes + "m",
          "-Xmx" + mebibytes + "m",
          "-XX:NewSize=64m",
          "-XX:MaxNewSize=64m");
      options
          .forks(FORKS)
          .jvmArgs(jvm.toArray(String[]::new))
          .warmupIterations(WARMUPS)
          .warmupTime(TimeValue.milliseconds(500))
          .measurementIterations(ITERATIONS)
          .measurementTime(TimeValue.milliseconds(300));
    }
    return pairs(new Runner(options.build()).run());
  }

  /** Every fork begins with the limit and has as many turns of either. */
  private static Pairs pairs(Collection<RunResult> results) {
    double[] scores =
        results.stream()
            .flatMap(result -> result.getBenchmarkResults().stream())
            .flatMap(fork -> fork.getIterationResults().stream())
            .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
            .toArray();
    double[] limit = new double[scores.length / 2];
    double[] kernel = new double[scores.length / 2];
    Arrays.setAll(limit, pair -> scores[2 * pair]);
    Arrays.setAll(kernel, pair -> scores[2 * pair + 1]);
    return new Pairs(limit, kernel);
  }
}
