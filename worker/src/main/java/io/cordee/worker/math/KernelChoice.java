package io.cordee.worker.math;

import java.util.function.Supplier;

/**
 * Which kernels one user of them takes. Vectors take the just-in-time compiler a second, in which
 * they are very slow: a small job is over before that pays, so the first products are done by plain
 * loops. The bits do not differ.
 */
final class KernelChoice implements Supplier<Kernels> {

  /** The best that this machine and this Java have. */
  static final Kernels FASTEST = fastest();

  private static final Kernels FIRST =
      "vectors".equals(System.getProperty(Kernels.PROPERTY)) ? FASTEST : new PlainKernels("first");

  /** Multiply-adds by plain loops that take about as long as the compiler. */
  private static final long ENOUGH = 1L << 32;

  private long work;

  /** Takes note of a product of these sizes. */
  void count(long m, long n, long k) {
    work += m * n * k;
  }

  @Override
  public Kernels get() {
    return work < ENOUGH ? FIRST : FASTEST;
  }

  private static Kernels fastest() {
    if (!Fma.IS_IN_HARDWARE) {
      return new PlainKernels("this processor has no fused multiply-add: slow");
    }
    if ("plain".equals(System.getProperty(Kernels.PROPERTY))) {
      return new PlainKernels("as asked by -D" + Kernels.PROPERTY);
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new PlainKernels("several times faster with java --add-modules jdk.incubator.vector");
    }
    try {
      return new VectorKernels();
    } catch (LinkageError e) {
      return new PlainKernels("this Java's Vector API does not fit: " + e.getMessage());
    }
  }
}
