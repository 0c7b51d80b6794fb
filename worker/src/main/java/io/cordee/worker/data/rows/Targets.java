package io.cordee.worker.data.rows;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.kernel.Xxh64;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The targets of some rows, in arrays of their own or mapped. Immutable once all rows have been
 * put.
 */
public sealed interface Targets {

  int width();

  boolean labelled();

  /** The divisor of a column's values. */
  default double unit(int column) {
    return 1;
  }

  long checksum();

  /** What they take of the heap. */
  long bytes();

  /** Writes rows {@code from} to {@code from + count} as [count, width], from {@code at} on. */
  void copy(int from, int count, float[] into, int at);

  /** Takes a row's label (column 0) or one of its targets. */
  void put(int row, int column, Cell cell);

  /**
   * Called for a row without label or target.
   *
   * @throws DataException if they are wanted
   */
  default void putNothing(RowPlace place) {
    throw place.error("expected the row's label or target before its features", "none");
  }

  @FunctionalInterface
  interface Format {
    Targets of(int rows);
  }

  /**
   * Class indices: one-hot over several outputs; with a single output, class 0 or 1 is itself the
   * target, and a row is correct if the output is on its side of 0.5.
   */
  record Classes(int width, ClassLabels labels, IntBuffer indices) implements Targets {

    public Classes(int width, ClassLabels labels, int[] indices) {
      this(width, labels, IntBuffer.wrap(indices));
    }

    /** Adds how many rows each class has. */
    long[] addTo(long[] counts) {
      long[] sums = Arrays.copyOf(counts, Math.max(2, width));
      for (int row = 0; row < indices.capacity(); row++) {
        sums[indices.get(row)]++;
      }
      return sums;
    }

    @Override
    public long checksum() {
      int[] read = new int[indices.capacity()];
      indices.get(0, read);
      return Xxh64.hash(Arrays.stream(read).asLongStream().toArray());
    }

    @Override
    public long bytes() {
      return indices.hasArray() ? (long) Integer.BYTES * indices.capacity() : 0;
    }

    @Override
    public boolean labelled() {
      return true;
    }

    @Override
    public void put(int row, int column, Cell cell) {
      indices.put(row, labels.indexOf(cell));
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      if (width == 1) {
        for (int row = 0; row < count; row++) {
          into[at + row] = indices.get(from + row);
        }
        return;
      }
      Arrays.fill(into, at, at + count * width, 0);
      for (int row = 0; row < count; row++) {
        into[at + row * width + indices.get(from + row)] = 1;
      }
    }
  }

  /** Only features are read: labels and targets are skipped, or missing. */
  record None(int width) implements Targets {
    @Override
    public long checksum() {
      return 0;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public void put(int row, int column, Cell cell) {}

    @Override
    public void putNothing(RowPlace place) {}

    @Override
    public void copy(int from, int count, float[] into, int at) {
      throw new IllegalStateException("these rows were opened without their targets");
    }
  }

  /** Values, scaled by their ranges, if there are any. */
  record Values(int width, FloatBuffer values, List<TableEncoding.Range> ranges)
      implements Targets {

    public Values(int width, float[] values, List<TableEncoding.Range> ranges) {
      this(width, FloatBuffer.wrap(values), ranges);
    }

    @Override
    public long checksum() {
      return Xxh64.hash(Features.Floats.array(values), 0, values.capacity());
    }

    @Override
    public long bytes() {
      return values.hasArray() ? (long) Float.BYTES * values.capacity() : 0;
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public double unit(int column) {
      return ranges.isEmpty() ? 1 : ranges.get(column).scale();
    }

    @Override
    public void put(int row, int column, Cell cell) {
      double value = Decimals.number(cell, 1);
      values.put(
          row * width + column,
          (float)
              (ranges.isEmpty()
                  ? value
                  : (value - ranges.get(column).shift()) / ranges.get(column).scale()));
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      values.get(from * width, into, at, count * width);
    }
  }
}
