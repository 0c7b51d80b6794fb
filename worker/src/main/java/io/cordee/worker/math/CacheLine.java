package io.cordee.worker.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.Optional;

/**
 * Where arrays stand in memory. A vector that reaches over the end of a cache line is read twice,
 * which costs matrix products a fifth of their speed. Java aligns arrays to 8 bytes and tells
 * nobody where they are: it is read from a reference by {@code sun.misc.Unsafe}, if that is there.
 * An array that is moved later is only slower.
 */
final class CacheLine {

  /** Floats of a line; an array that is to be aligned needs as many more. */
  static final int FLOATS = 16;

  private static final int BYTES = FLOATS * Float.BYTES;
  private static final int FIRST_TO_WARN_OF_UNSAFE = 24;
  private static final Optional<CacheLine> KNOWN = find();

  /** (Object, long) → int: the four bytes of an object at an offset. */
  private final MethodHandle getInt;

  private final long referenceAt;
  private final long floatsAt;

  /** References of four bytes count bytes, or multiples of eight. */
  private final int scale;

  private CacheLine(MethodHandle getInt, long referenceAt, long floatsAt, int scale) {
    this.getInt = getInt;
    this.referenceAt = referenceAt;
    this.floatsAt = floatsAt;
    this.scale = scale;
  }

  /** The first index of an array that stands at the beginning of a line; 0 if nobody knows. */
  static int firstIndex(float[] array) {
    return KNOWN.map(line -> line.indexIn(array)).orElse(0);
  }

  private int indexIn(float[] array) {
    long begin = (long) reference(array) * scale + floatsAt;
    return (int) Math.floorMod(-begin, (long) BYTES) / Float.BYTES;
  }

  /** The last four bytes of a reference. */
  private int reference(Object object) {
    try {
      return (int) getInt.invokeExact((Object) new Object[] {object}, referenceAt);
    } catch (Throwable e) {
      throw new LinkageError("sun.misc.Unsafe does not read a reference", e);
    }
  }

  private static Optional<CacheLine> find() {
    if (Runtime.version().feature() >= FIRST_TO_WARN_OF_UNSAFE
        && !ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .contains("--sun-misc-unsafe-memory-access=allow")) {
      return Optional.empty();
    }
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle getInt =
          lookup
              .findVirtual(
                  type, "getInt", MethodType.methodType(int.class, Object.class, long.class))
              .bindTo(instance.get(null));
      MethodHandle offset =
          lookup
              .findVirtual(type, "arrayBaseOffset", MethodType.methodType(int.class, Class.class))
              .bindTo(instance.get(null));
      long referenceAt = (int) offset.invoke(Object[].class);
      long floatsAt = (int) offset.invoke(float[].class);
      CacheLine bytes = new CacheLine(getInt, referenceAt, floatsAt, 1);
      return Optional.of(
          bytes.areAllMultiplesOfEight()
              ? bytes
              : new CacheLine(getInt, referenceAt, floatsAt, Long.BYTES));
    } catch (Throwable e) {
      return Optional.empty(); // slower, but right
    }
  }

  /** Whether references count bytes: objects are aligned to eight of them. */
  private boolean areAllMultiplesOfEight() {
    int bits = 0;
    for (int i = 0; i < 100; i++) {
      bits |= reference(new Object());
    }
    return bits % Long.BYTES == 0;
  }
}
