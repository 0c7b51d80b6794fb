package io.cordee.server.round;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays for contributions, used again and again, by any thread.
 *
 * <p>Keeps what is given back: at most as many arrays as were ever out at the same time.
 */
public final class BufferPool {

  private final Map<Integer, ArrayDeque<float[]>> free = new HashMap<>();

  /** An array of this length with any content. */
  public synchronized float[] take(int length) {
    ArrayDeque<float[]> arrays = free.get(length);
    float[] array = arrays == null ? null : arrays.pollLast();
    return array == null ? new float[length] : array;
  }

  public synchronized void giveBack(float[] array) {
    free.computeIfAbsent(array.length, length -> new ArrayDeque<>()).addLast(array);
  }
}
