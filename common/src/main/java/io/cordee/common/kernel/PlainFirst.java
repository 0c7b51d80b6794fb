package io.cordee.common.kernel;

import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plain loops for the first work, vectors for the rest. The just-in-time compiler needs about a
 * second for vector code, which is very slow until then; a small job ends before that pays off.
 * Should the compiler fail to keep vectors in registers, which makes them a hundred times slower
 * for good, it is plain loops again. The bits do not differ.
 *
 * <p>Threads may share one.
 *
 * @param <T> what the work is done by
 */
public final class PlainFirst<T> implements Supplier<T> {

  private static final Logger LOG = LoggerFactory.getLogger(PlainFirst.class);

  /** Over which a speed is taken, nanoseconds. */
  static final long WINDOW = 1_000_000_000;

  /** How fast plain loops are, by unit, once that is known: vectors are being compiled then. */
  private static final Map<String, Double> SPEEDS = Collections.synchronizedMap(new HashMap<>());

  /** Windows that vectors may be slow for, one after the other: the compiler may be at work. */
  static final int PATIENCE = 8;

  private final T plain;
  private final T vectors;
  private final String unit;
  private final long enough;

  private long work;
  private double plainSpeed;
  private long windowWork;
  private long windowNanos;
  private int slowWindows;

  PlainFirst(T plain, T vectors, String unit, long enough) {
    this.plain = plain;
    this.vectors = vectors;
    this.unit = unit;
    this.enough = enough;
  }

  /**
   * @param vectors the same as {@code plain} where there are none
   * @param unit of work, in the plural
   * @param enough work for plain loops, after which vectors take over
   */
  public static <T> PlainFirst<T> of(T plain, T vectors, String unit, long enough) {
    return new PlainFirst<>(plain, vectors, unit, VectorApi.isUsedAtOnce() ? 0 : enough);
  }

  /** Begins with vectors if another one of its unit, by the same code, has got that far. */
  public synchronized PlainFirst<T> afterOthers() {
    Double speed = SPEEDS.get(unit);
    if (speed != null) {
      work = enough;
      plainSpeed = speed;
    }
    return this;
  }

  @Override
  public synchronized T get() {
    return work < enough || slowWindows == PATIENCE ? plain : vectors;
  }

  /** Has an amount of work done, and takes note of it. */
  public void run(long amount, Consumer<T> task) {
    T by = get();
    long start = System.nanoTime();
    task.accept(by);
    took(amount, start);
  }

  /** Takes note of work done since a {@code System.nanoTime()}. */
  public void took(long amount, long start) {
    tookFor(amount, System.nanoTime() - start);
  }

  synchronized void tookFor(long amount, long nanos) {
    if (plain == vectors || slowWindows == PATIENCE) {
      return;
    }
    boolean wasPlain = work < enough;
    work += amount;
    windowWork += amount;
    windowNanos += nanos;
    boolean isFull = wasPlain ? work >= enough : windowNanos >= WINDOW;
    if (!isFull) {
      return;
    }
    double speed = (double) windowWork / windowNanos;
    windowWork = 0;
    windowNanos = 0;
    if (wasPlain) {
      plainSpeed = speed;
      SPEEDS.put(unit, speed);
      return;
    }
    slowWindows = 4 * speed < plainSpeed ? slowWindows + 1 : 0; // not by other load alone
    if (slowWindows == PATIENCE) {
      SPEEDS.remove(unit);
      LOG.warn(
          "vectors are slower than plain loops on this machine ({} against {} billion {} per second); falling back to plain loops",
          String.format(Locale.ROOT, "%.2f", speed),
          String.format(Locale.ROOT, "%.2f", plainSpeed),
          unit);
    }
  }
}
