package io.cordee.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.global.torch;

/**
 * The way into libtorch: each thread computes alone, what it takes outside of Java's heap is freed,
 * and no thread is at work in the library while the process unloads it.
 */
final class Libtorch {

  /** Read-locked by working threads; write-locked, for good, at the end of the process. */
  private static final ReentrantReadWriteLock AT_WORK = new ReentrantReadWriteLock();

  /** Set before the end of the process waits for working threads. */
  private static volatile boolean isEnding;

  /** The kernels that OpenBLAS may choose on processors that libtorch is built for. */
  private static final List<String> KERNELS =
      List.of(
          "PRESCOTT",
          "NEHALEM",
          "SANDYBRIDGE",
          "HASWELL",
          "ZEN",
          "SKYLAKEX",
          "COOPERLAKE",
          "SAPPHIRERAPIDS",
          "ARMV8",
          "NEOVERSEN1",
          "VORTEX");

  private static final Optional<String> FAILURE;

  static {
    // JavaCPP's own limits, which it derives from Java's heap, have nothing to do with models.
    System.setProperty("org.bytedeco.javacpp.maxbytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    Runtime.getRuntime().addShutdownHook(new Thread(Libtorch::end, "libtorch: end of work"));
    FAILURE = load();
  }

  private Libtorch() {}

  /** Why it cannot be loaded; empty once it is. */
  private static Optional<String> load() {
    try {
      Loader.load(org.bytedeco.openblas.global.openblas.class);
      // All before any is loaded: one that it depends on and that is not beside it yet would be
      // taken
      // from the system, where it may be of another version.
      for (String library : List.of("c10", "torch_cpu", "torch")) {
        String file = System.mapLibraryName(library);
        Loader.cacheResource(
            torch.class, "/org/bytedeco/pytorch/%s/%s".formatted(Loader.getPlatform(), file));
      }
      Loader.load(torch.class);
      openblas.blas_set_num_threads(1);
      return Optional.empty();
    } catch (LinkageError | IOException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return Optional.of(
          ("libtorch cannot be loaded: %s; it is unpacked into the folder %s, which needs 450 MB"
                  + " and must not be mounted noexec")
              .formatted(
                  cause.getMessage(),
                  System.getProperty("org.bytedeco.javacpp.cachedir", "~/.javacpp/cache")));
    }
  }

  private static void end() {
    isEnding = true;
    AT_WORK.writeLock().lock();
  }

  /** Admits this thread, unless the process is ending; reentrant. */
  private static boolean enter() {
    boolean isAtWork = AT_WORK.getReadHoldCount() > 0;
    return (isAtWork || !isEnding) && AT_WORK.readLock().tryLock();
  }

  /**
   * Waits for the process to exit: throwing would fail a job that other processes continue. Returns
   * if interrupted.
   */
  private static IllegalStateException awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new IllegalStateException("this process is ending and computes no more");
  }

  /**
   * Does short work. What it allocates in libtorch is freed at its end, unless {@linkplain Retained
   * retained}. Once the process is ending, waits for its exit.
   *
   * @throws TorchException if libtorch refuses
   * @throws IllegalArgumentException if libtorch cannot be loaded
   * @throws IllegalStateException if this thread is interrupted while the process is ending
   */
  static <T> T call(boolean gradients, Supplier<T> work) {
    FAILURE.ifPresent(
        why -> {
          throw new IllegalArgumentException(why);
        });
    if (!enter()) {
      throw awaitEnd();
    }
    PointerScope scope = new PointerScope();
    try {
      prepareThread();
      GradMode.set_enabled(gradients);
      return work.get();
    } catch (RuntimeException e) {
      throw e.getClass() == RuntimeException.class ? new TorchException(e) : e;
    } finally {
      scope.close();
      AT_WORK.readLock().unlock();
    }
  }

  /** As {@link #call}, without a result and without derivatives. */
  static void run(Runnable work) {
    call(
        false,
        () -> {
          work.run();
          return null;
        });
  }

  static void runUnlessEnding(Runnable work) {
    if (enter()) {
      try {
        run(work);
      } finally {
        AT_WORK.readLock().unlock();
      }
    }
  }

  /** Optimized graphs differ with what a thread has computed before, and so do their bits. */
  private static void prepareThread() {
    if (torch.get_num_threads() != 1) {
      torch.set_num_threads(1);
    }
    torch.setGraphExecutorOptimize(false);
  }

  /** What decides the bits of its results: versions, and kernels chosen for this processor. */
  static String arithmetic() {
    return call(
        false,
        () ->
            "libtorch %s %s, OpenBLAS %s"
                .formatted(version(), torch.get_cpu_capability().getString(), kernel()));
  }

  static String version() {
    try {
      return Loader.getVersion("org.bytedeco", "pytorch").replaceFirst("-.*", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String kernel() {
    Pointer chosen = Loader.addressof("gotoblas");
    if (chosen == null) {
      return "";
    }
    long address = new PointerPointer<>(chosen).get().address();
    for (String kernel : KERNELS) {
      Pointer table = Loader.addressof("gotoblas_" + kernel);
      if (table != null && table.address() == address) {
        return kernel;
      }
    }
    return "unknown";
  }
}
