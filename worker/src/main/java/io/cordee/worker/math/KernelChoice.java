package io.cordee.worker.math;

import java.util.Locale;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which kernels one user of them takes. The just-in-time compiler needs about a second for vector
 * code, which is very slow until then; a small job ends before that pays off, so the first products
 * are done by plain loops. Should the compiler fail to keep vectors in registers, which makes them
 * a hundred times slower for good, it is plain loops again. The bits do not differ.
 *
 * <p>Not thread-safe.
 */
final class KernelChoice implements Supplier<Kernels> {

  /** The best that this machine and this Java have. */
  static final Kernels FASTEST = fastest();

  private static final Kernels FIRST =
      FASTEST instanceof PlainKernels || "vectors".equals(System.getProperty(Kernels.PROPERTY))
          ? FASTEST
          : new PlainKernels("first");

  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

  /** Multiply-adds by plain loops that take about as long as the compiler. */
  static final long ENOUGH = 1L << 32;

  /** Over which a speed is taken, nanoseconds. */
  static final long WINDOW = 1_000_000_000;

  /** Windows that vectors may be slow for, one after the other: the compiler may be at work. */
  static final int PATIENCE = 8;

  private final Kernels first;
  private final Kernels fastest;

  private long work;
  private double plainSpeed;
  private long windowWork;
  private long windowNanos;
  private int slowWindows;

  KernelChoice() {
    this(FIRST, FASTEST);
  }

  KernelChoice(Kernels first, Kernels fastest) {
    this.first = first;
    this.fastest = fastest;
  }

  @Override
  public Kernels get() {
    return work < ENOUGH || slowWindows == PATIENCE ? first : fastest;
  }

  /** Takes note of a product: so many multiply-adds since a {@code System.nanoTime()}. */
  void took(long multiplyAdds, long start) {
    tookFor(multiplyAdds, System.nanoTime() - start);
  }

  void tookFor(long multiplyAdds, long nanos) {
    if (first == fastest || slowWindows == PATIENCE) {
      return;
    }
    boolean wasPlain = work < ENOUGH;
    work += multiplyAdds;
    windowWork += multiplyAdds;
    windowNanos += nanos;
    boolean isFull = wasPlain ? work >= ENOUGH : windowNanos >= WINDOW;
    if (!isFull) {
      return;
    }
    double speed = (double) windowWork / windowNanos;
    windowWork = 0;
    windowNanos = 0;
    if (wasPlain) {
      plainSpeed = speed;
      return;
    }
    slowWindows = 4 * speed < plainSpeed ? slowWindows + 1 : 0; // not by other load alone
    if (slowWindows == PATIENCE) {
      LOG.warn(
          "{} are slower than plain loops on this machine ({} against {} billion multiply-adds per second); falling back to plain loops",
          fastest.description(),
          String.format(Locale.ROOT, "%.2f", speed),
          String.format(Locale.ROOT, "%.2f", plainSpeed));
    }
  }

  private static Kernels fastest() {
    if (!Fma.IS_IN_HARDWARE) {
      return new PlainKernels("this processor has no fused multiply-add: slow");
    }
    if ("plain".equals(System.getProperty(Kernels.PROPERTY))) {
      return new PlainKernels("as requested with -D" + Kernels.PROPERTY);
    }
    if (VmOption.value("TieredStopAtLevel").filter(level -> !level.equals("4")).isPresent()) {
      return new PlainKernels("this Java runs without its second compiler: slow");
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new PlainKernels("several times faster with java --add-modules jdk.incubator.vector");
    }
    try {
      return new VectorKernels();
    } catch (LinkageError e) {
      return new PlainKernels("this Java's Vector API is unusable: " + e);
    }
  }
}
