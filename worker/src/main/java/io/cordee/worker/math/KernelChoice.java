package io.cordee.worker.math;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.kernel.VectorApi;
import java.util.Optional;

final class KernelChoice {

  /** The best that this machine and this Java have. */
  static final Kernels FASTEST = fastest();

  /** Multiply-adds by plain loops that take about a second. */
  private static final long ENOUGH = 1L << 32;

  private KernelChoice() {}

  static PlainFirst<Kernels> make() {
    return make("multiply-adds", ENOUGH);
  }

  /** For other work; see {@link PlainFirst#of}. */
  static PlainFirst<Kernels> make(String unit, long enough) {
    Kernels first = FASTEST instanceof PlainKernels ? FASTEST : new PlainKernels("first");
    return PlainFirst.of(first, FASTEST, unit, enough).afterOthers();
  }

  private static Kernels fastest() {
    if (!Fma.IS_IN_HARDWARE) {
      return new PlainKernels("this processor has no fused multiply-add: slow");
    }
    Optional<String> obstacle = VectorApi.obstacle();
    if (obstacle.isPresent()) {
      return new PlainKernels(obstacle.get());
    }
    return new VectorKernels();
  }
}
