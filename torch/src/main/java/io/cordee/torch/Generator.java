package io.cordee.torch;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The random generator of libtorch, which all threads share. */
final class Generator {

  private static final ReentrantLock IN_USE = new ReentrantLock();

  private Generator() {}

  static <T> T seeded(long seed, Supplier<T> work) {
    IN_USE.lock();
    try {
      torch.getDefaultCPUGenerator().set_current_seed(seed);
      return work.get();
    } finally {
      IN_USE.unlock();
    }
  }

  /** Does work, and returns whether it drew random numbers. */
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
