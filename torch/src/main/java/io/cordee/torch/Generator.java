package io.cordee.torch;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The one generator of random numbers that libtorch has for all threads. */
final class Generator {

  private static final ReentrantLock IN_USE = new ReentrantLock();

  private Generator() {}

  /** Does work whose random numbers are those of a seed. */
  static <T> T seeded(long seed, Supplier<T> work) {
    IN_USE.lock();
    try {
      torch.getDefaultCPUGenerator().set_current_seed(seed);
      return work.get();
    } finally {
      IN_USE.unlock();
    }
  }

  /** Does work, and says whether it takes random numbers. */
  static boolean isUsedBy(Runnable work) {
    return seeded(
        0,
        () -> {
          Tensor before = torch.getDefaultCPUGenerator().get_state();
          work.run();
          return !before.equal(torch.getDefaultCPUGenerator().get_state());
        });
  }
}
