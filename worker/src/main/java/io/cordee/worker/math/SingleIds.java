package io.cordee.worker.math;

import io.cordee.common.kernel.Xxh64;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Rows that have one feature each, with value 1: four bytes a row. Threads may share it.
 *
 * @param ids the features, a column of [rows, columns], so that what a row has of several tables is
 *     read at once
 */
public record SingleIds(IntBuffer ids, int columns, int column) implements RowLists {

  private SingleIds(int[] ids) {
    this(IntBuffer.wrap(ids), 1, 0);
  }

  private int id(int row) {
    return ids.get(row * columns + column);
  }

  private int[] ids(IntUnaryOperator row, int count) {
    int[] some = new int[count];
    Arrays.setAll(some, i -> id(row.applyAsInt(i)));
    return some;
  }

  public int[] all() {
    return ids(row -> row, ids.capacity() / columns);
  }

  @Override
  public Compact compact(long width) {
    int[] numbered = all();
    int[] present = ListedFloats.number(numbered, width);
    return new Compact(new SingleIds(numbered), present);
  }

  @Override
  public SingleIds take(IntUnaryOperator row, int count) {
    return new SingleIds(ids(row, count));
  }

  @Override
  public void copy(int width, IntUnaryOperator row, int count, float[] into) {
    Arrays.fill(into, 0, count * width, 0);
    for (int i = 0; i < count; i++) {
      into[i * width + id(row.applyAsInt(i))] = 1;
    }
  }

  @Override
  public long checksum() {
    return Xxh64.hash(Arrays.stream(all()).asLongStream().toArray());
  }

  @Override
  public long bytes() {
    return ids.hasArray() ? (long) Integer.BYTES * ids.capacity() / columns : 0;
  }

  @Override
  public long multiplied(int from, int rows) {
    return rows;
  }

  @Override
  public void addSums(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] w,
      int at,
      float[] sums,
      int to,
      int row) {
    for (int i = 0; i < rows; i++) {
      kernels.add(width, 1, w, at + id(from + i) * width, sums, to + i * row);
    }
  }

  @Override
  public void addGradient(
      Kernels kernels,
      int from,
      int rows,
      int width,
      float[] errors,
      int at,
      int row,
      float[] gradient,
      int to) {
    for (int i = 0; i < rows; i++) {
      kernels.add(width, 1, errors, at + i * row, gradient, to + id(from + i) * width);
    }
  }
}
