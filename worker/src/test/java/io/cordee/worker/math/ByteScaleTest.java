package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteScaleTest {

  private static final int[] WIDTHS = {1, 7, 8, 15, 16, 17, 64, 97, 784};

  /** Floats and others; 1e-300 and denormals give infinities, 1e300 zeros. */
  @ParameterizedTest
  @ValueSource(
      doubles = {255, 1, 16, 3, 0.1, 255.1, 1e-3, 1e-300, 1e300, 1.5e38, 0x1p-149, 0x1.8p-140})
  void everyByteBecomesTheFloatNearestToItsQuotient(double scale) {
    byte[] bytes = new byte[3 * 784];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 83);
    }
    ByteScale floats = new ByteScale(scale);
    for (Kernels kernels : new Kernels[] {Kernels.fastest(), new PlainKernels("for a test")}) {
      for (int width : WIDTHS) {
        float[] into = new float[width + 2];
        for (int from = 0; from + width <= bytes.length; from += 331) {
          kernels.scale(floats, bytes, from, width, into, 1);

          for (int i = 0; i < width; i++) {
            assertEquals((float) ((bytes[from + i] & 0xff) / scale), into[1 + i]);
          }
          assertEquals(0, into[0]);
          assertEquals(0, into[width + 1]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64})
  void rowsComeInTheOrderAskedFor(int width) {
    byte[] bytes = new byte[3 * width];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i / width + 1);
    }
    float[] into = new float[2 * width];

    new ByteScale(2).copy(java.nio.ByteBuffer.wrap(bytes), width, i -> 2 - 2 * i, 2, into);

    assertEquals(1.5f, into[0]);
    assertEquals(1.5f, into[width - 1]);
    assertEquals(0.5f, into[width]);
    assertEquals(0.5f, into[2 * width - 1]);
  }
}
