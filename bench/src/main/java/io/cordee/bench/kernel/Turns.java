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
  public void turn(ThreadParams thread) {
    int part = thread.getThreadIndex();
    int parts = thread.getThreadCount();
    if (isLimitsTurn) {
      limit(part, parts);
    } else {
      kernel(part, parts);
    }
  }

  /** What cannot be beaten. */
  protected abstract void limit(int part, int parts);

  /** What is measured. */
  protected abstract void kernel(int part, int parts);

  /**
   * The first of {@code count} things that belong to a part; those of the next begin where it ends.
   */
  static int start(int part, int parts, int count) {
    return (int) ((long) count * part / parts);
  }
}
