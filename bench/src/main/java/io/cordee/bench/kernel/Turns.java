package io.cordee.bench.kernel;

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

/**
 * A kernel and its limit in one process, by turns: even iterations of JMH run the limit, odd ones
 * the kernel. So whatever slows the machine for a while slows both.
 *
 * <p>Each thread works on a part of its own; an operation is one pass of all of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class Turns {

  private boolean isLimitsTurn;

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
