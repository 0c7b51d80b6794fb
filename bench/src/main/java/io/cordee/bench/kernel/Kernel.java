package io.cordee.bench.kernel;

import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.cli.process.JavaProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A kernel and its limit in one process, by turns: even iterations of JMH run the limit, odd ones
 * the kernel. So whatever slows the machine for a while slows both.
 *
 * <p>JMH runs it. Each thread works on a part of its own; an operation is one pass of all of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class Kernel {

  private static final int THREADS = 2;
  private static final int FORKS = 2;
  private static final int WARMUPS = 8; // even: the limit is first
  private static final int ITERATIONS = 12; // even, too
  private static final long HEAP_BESIDES = 512L << 20;

  private boolean isLimitsTurn;

  /**
   * @param parameters of the kernel, by name
   * @param bytes that its arrays take
   * @return nanoseconds per pass
   */
  static Pairs run(
      Class<? extends Kernel> kernel, Map<String, String> parameters, long bytes, Report report)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + kernel.getName().replace(".", "\\.") + "\\.")
            .threads(THREADS)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    if (report.isQuick()) {
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
    double[] measured = new double[scores.length / 2];
    Arrays.setAll(limit, pair -> scores[2 * pair]);
    Arrays.setAll(measured, pair -> scores[2 * pair + 1]);
    return new Pairs(limit, measured);
  }

  @Setup(Level.Iteration)
  public void takeTurns() {
    isLimitsTurn = !isLimitsTurn;
  }

  @Benchmark
  public void turn(ThreadParams params) {
    int thread = params.getThreadIndex();
    int threads = params.getThreadCount();
    int first = (int) ((long) count() * thread / threads);
    int end = (int) ((long) count() * (thread + 1) / threads);
    if (isLimitsTurn) {
      limit(thread, first, end);
    } else {
      kernel(thread, first, end);
    }
  }

  /** How many things the threads share out. */
  protected abstract int count();

  /** What cannot be beaten, on those from the first to before the end. */
  protected abstract void limit(int thread, int first, int end);

  /** What is measured, on the same. */
  protected abstract void kernel(int thread, int first, int end);
}
