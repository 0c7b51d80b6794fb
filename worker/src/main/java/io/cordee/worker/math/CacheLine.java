package io.cordee.worker.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;

/**
 * Aligns arrays to cache lines. A vector across a line boundary is read twice, which costs matrix
 * products a fifth of their speed. Java aligns arrays to 8 bytes and hides their addresses: {@code
 * sun.misc.Unsafe}, if available, reads them from a reference. An array that is moved later is only
 * slower.
 */
final class CacheLine {

  /** Floats of a line; an array to be aligned needs as many more. */
  static final int FLOATS = 16;

  private static final int BYTES = FLOATS * Float.BYTES;
  private static final int FIRST_TO_WARN_OF_UNSAFE = 24;

  /**
   * (Object, long) → int: the four bytes of an object at an offset; null if Unsafe is not to be
   * used.
   */
  private static final MethodHandle GET_INT;

  private static final long REFERENCE_AT;
  private static final long FLOATS_AT;

  /** References of four bytes are addresses, or multiples of eight bytes. */
  private static final int SCALE;

  static {
    MethodHandle getInt = null;
    long referenceAt = 0;
    long floatsAt = 0;
    int scale = 1;
    if (mayUseUnsafe()) {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Object unsafe = field.get(null);
        referenceAt =
            (int) method(type, "arrayBaseOffset", Class.class).invoke(unsafe, Object[].class);
        floatsAt = (int) method(type, "arrayBaseOffset", Class.class).invoke(unsafe, float[].class);
        getInt = method(type, "getInt", Object.class, long.class).bindTo(unsafe);
        scale = countBytes(getInt, referenceAt) ? 1 : Long.BYTES;
      } catch (Throwable e) {
        getInt = null; // slower, but right
      }
    }
    GET_INT = getInt;
    REFERENCE_AT = referenceAt;
    FLOATS_AT = floatsAt;
    SCALE = scale;
  }

  private CacheLine() {}

  /** The first index of an array that is at the start of a line; 0 if unknown. */
  static int firstIndex(float[] array) {
    if (GET_INT == null) {
      return 0;
    }
    try {
      long begin = (long) reference(GET_INT, array, REFERENCE_AT) * SCALE + FLOATS_AT;
      return (int) Math.floorMod(-begin, (long) BYTES) / Float.BYTES;
    } catch (Throwable e) {
      return 0;
    }
  }

  private static int reference(MethodHandle getInt, Object object, long at) throws Throwable {
    return (int) getInt.invokeExact((Object) new Object[] {object}, at);
  }

  /**
   * Returns whether references are byte addresses: then all are multiples of eight, not only some.
   */
  private static boolean countBytes(MethodHandle getInt, long at) throws Throwable {
    int bits = 0;
    for (int i = 0; i < 100; i++) {
      bits |= reference(getInt, new Object(), at);
    }
    return bits % Long.BYTES == 0;
  }

  private static MethodHandle method(Class<?> type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    return MethodHandles.lookup()
        .findVirtual(type, name, MethodType.methodType(int.class, parameters));
  }

  /** Later versions of Java warn of it, unless told not to. */
  private static boolean mayUseUnsafe() {
    return Runtime.version().feature() < FIRST_TO_WARN_OF_UNSAFE
        || ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .contains("--sun-misc-unsafe-memory-access=allow");
  }
}
