package io.cordee.worker.math;

import static io.cordee.worker.math.Fma.fma;

import io.cordee.common.kernel.PlainFirst;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Turns unsigned bytes into floats: each is the float nearest to value / scale. Threads may share
 * one.
 */
public final class ByteScale {

  /** Bytes that plain loops convert in about a tenth of a second. */
  private static final long ENOUGH = 1L << 27;

  /** Bytes copied into an array at once. */
  private static final int STRETCH = 1 << 12;

  private final float[] table = new float[256];
  private final float scale;
  private final float reciprocal;
  private final boolean isByReciprocal;
  private final PlainFirst<Kernels> choice = KernelChoice.make("bytes", ENOUGH);

  public ByteScale(double scale) {
    for (int value = 0; value < table.length; value++) {
      table[value] = (float) (value / scale);
    }
    this.scale = (float) scale;
    reciprocal = 1 / this.scale;
    isByReciprocal =
        IntStream.range(0, table.length).allMatch(value -> byReciprocal(value) == table[value]);
  }

  private float byReciprocal(float value) {
    float quotient = value * reciprocal;
    return fma(fma(quotient, -scale, value), reciprocal, quotient);
  }

  float[] table() {
    return table;
  }

  /**
   * Returns whether value · r, corrected once by what is left of the value, is the nearest float
   * for all of them, r being the {@link #reciprocal}: several times as fast as a division.
   */
  boolean isByReciprocal() {
    return isByReciprocal;
  }

  float scale() {
    return scale;
  }

  float reciprocal() {
    return reciprocal;
  }

  /**
   * Into [count, width], from index 0.
   *
   * @param values in an array from its start on, or mapped
   * @param row the index of the i-th row among those of {@code values}
   */
  public void copy(ByteBuffer values, int width, IntUnaryOperator row, int count, float[] into) {
    byte[] mapped = values.hasArray() ? null : new byte[width];
    choice.run(
        (long) count * width,
        kernels -> {
          for (int i = 0; i < count; i++) {
            int at = row.applyAsInt(i) * width;
            if (mapped == null) {
              kernels.scale(this, values.array(), at, width, into, i * width);
            } else {
              values.get(at, mapped, 0, width);
              kernels.scale(this, mapped, 0, width, into, i * width);
            }
          }
        });
  }

  /** Moves all bytes left into an array. */
  public void copy(ByteBuffer values, FloatBuffer into) {
    byte[] some = new byte[Math.min(STRETCH, values.remaining())];
    choice.run(
        values.remaining(),
        kernels -> {
          while (values.hasRemaining()) {
            int count = Math.min(some.length, values.remaining());
            values.get(some, 0, count);
            kernels.scale(this, some, 0, count, into.array(), into.position());
            into.position(into.position() + count);
          }
        });
  }
}
