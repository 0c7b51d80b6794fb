package io.cordee.bench.kernel;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.common.reduce.Chunks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.runner.RunnerException;

/**
 * A kernel that works on vectors chunk by chunk, beside the limit of memory: the triad, a[i] = b[i]
 * + s · c[i] (McCalpin's STREAM), 12 bytes per element, two floats read and one written. What the
 * processor reads besides, to own a line before it writes to it, is not counted, here or in what is
 * measured beside it.
 */
public abstract class BesideTriad extends Kernel {

  private static final int TRIAD_FLOATS = 3;

  @Param("0")
  public int parameters;

  protected Chunks chunks;

  private float[] a;
  private float[] b;
  private float[] c;

  /**
   * Adds the bytes that a kernel needs per second.
   *
   * @param settings of the kernel, by name, besides the number of parameters
   * @param floats that it needs per parameter
   * @param arrays that it holds, each of {@code parameters} floats
   */
  static void measure(
      String name,
      Class<? extends BesideTriad> kernel,
      Map<String, String> settings,
      int parameters,
      int floats,
      int arrays,
      Bar bar,
      Report report)
      throws RunnerException {
    String full = "%s, %s (%d B)".formatted(name, Report.count(parameters), floats * Float.BYTES);
    long memory = (long) (TRIAD_FLOATS + arrays) * Float.BYTES * parameters;
    Map<String, String> all = new HashMap<>(settings);
    all.put("parameters", Integer.toString(parameters));
    Pairs nanos = run(kernel, all, memory, report);
    double vector = (double) Float.BYTES * parameters;
    // Bytes per nanosecond are GB/s.
    report.add(full, "triad", "GB/s", nanos.rates(TRIAD_FLOATS * vector, floats * vector), bar);
  }

  @Setup(Level.Trial)
  public void fill() {
    chunks = Chunks.of(parameters, 1);
    a = new float[parameters];
    b = new float[parameters];
    c = new float[parameters];
    Arrays.fill(b, 1);
    Arrays.fill(c, 2);
    fillKernel();
  }

  /** Fills what the kernel works on. */
  protected abstract void fillKernel();

  @Override
  protected int count() {
    return chunks.count();
  }

  @Override
  protected void limit(int thread, int first, int end) {
    for (int chunk = first; chunk < end; chunk++) {
      triad(chunks.from(chunk), chunks.to(chunk));
    }
  }

  private void triad(int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = b[i] + 3f * c[i];
    }
  }
}
