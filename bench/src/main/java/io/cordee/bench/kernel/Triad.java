package io.cordee.bench.kernel;

import java.util.Arrays;

/**
 * The limit of memory, a[i] = b[i] + s · c[i] (McCalpin's STREAM): 12 bytes per element, two floats
 * read and one written. What the processor reads besides, to own a line before it writes to it, is
 * not counted, here or in what is measured beside it.
 */
final class Triad {

  static final int BYTES = 3 * Float.BYTES;

  private final float[] a;
  private final float[] b;
  private final float[] c;

  Triad(int length) {
    a = new float[length];
    b = new float[length];
    c = new float[length];
    Arrays.fill(b, 1);
    Arrays.fill(c, 2);
  }

  void run(int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = b[i] + 3f * c[i];
    }
  }
}
