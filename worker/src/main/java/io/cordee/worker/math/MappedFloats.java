package io.cordee.worker.math;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * {@link ListedFloats} in a file that is mapped: taken into memory block by block. Threads may
 * share it.
 *
 * @param starts of each row, and the end of the last
 */
public record MappedFloats(IntBuffer starts, IntBuffer features, FloatBuffer values)
    implements RowLists {

  /** What a thread took last: a block is multiplied several times, one after the other. */
  private record Taken(MappedFloats from, int first, int count, ListedFloats rows) {}

  private static final ThreadLocal<Taken> LATEST = new ThreadLocal<>();

  /**
   * @param row the index of the i-th row
   */
  public ListedFloats take(IntUnaryOperator row, int count) {
    int[] from = new int[count + 1];
    for (int i = 0; i < count; i++) {
      from[i + 1] = from[i] + length(row.applyAsInt(i));
    }
    int[] ids = new int[from[count]];
    float[] theirs = new float[ids.length];
    for (int i = 0; i < count; i++) {
      int start = starts.get(row.applyAsInt(i));
      features.get(start, ids, from[i], from[i + 1] - from[i]);
      values.get(start, theirs, from[i], from[i + 1] - from[i]);
    }
    return new ListedFloats(ids, theirs, from, IntStream.range(0, count).toArray());
  }

  private int length(int row) {
    return starts.get(row + 1) - starts.get(row);
  }

  private ListedFloats block(int first, int count) {
    Taken latest = LATEST.get();
    if (latest == null || latest.from != this || latest.first != first || latest.count != count) {
      latest = new Taken(this, first, count, take(i -> first + i, count));
      LATEST.set(latest);
    }
    return latest.rows;
  }

  @Override
  public long multiplied(int from, int count) {
    return starts.get(from + count) - starts.get(from);
  }

  @Override
  public void addSums(
      Kernels kernels,
      int from,
      int count,
      int width,
      float[] w,
      int at,
      float[] sums,
      int to,
      int row) {
    block(from, count).addSums(kernels, 0, count, width, w, at, sums, to, row);
  }

  @Override
  public void addGradient(
      Kernels kernels,
      int from,
      int count,
      int width,
      float[] errors,
      int at,
      int row,
      float[] gradient,
      int to) {
    block(from, count).addGradient(kernels, 0, count, width, errors, at, row, gradient, to);
  }
}
