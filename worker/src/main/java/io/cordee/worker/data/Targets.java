package io.cordee.worker.data;

import io.cordee.common.job.TableEncoding;
import io.cordee.common.kernel.Xxh64;
import java.util.Arrays;
import java.util.List;

/** The targets of some rows, in memory. Immutable once all rows have been put. */
sealed interface Targets {

  /** Targets per row: the model's outputs. */
  int width();

  boolean labelled();

  /** By what a column's values have been divided. */
  default double unit(int column) {
    return 1;
  }

  /** Of all of them. */
  long checksum();

  /** Writes rows {@code from} to {@code from + count} as [count, width], from {@code at} on. */
  void copy(int from, int count, float[] into, int at);

  /**
   * Takes a row's label (column 0) or one of its targets.
   *
   * @param place where the text stands
   */
  void put(int row, int column, String text, Place place);

  /**
   * Takes note that a row has neither label nor target.
   *
   * @param place where they are missing
   * @throws DataException if they are wanted
   */
  default void putNothing(Place place) {
    throw place.error("expected the row's label or target before its features", "none");
  }

  /** How the targets of a source are kept. */
  @FunctionalInterface
  interface Format {
    /** Space for the targets of this many rows. */
    Targets of(int rows);
  }

  /**
   * Class indices: one-hot over several outputs; with a single output, class 0 or 1 is itself the
   * target, and a row counts as correct when the output is on its side of 0.5.
   */
  record Classes(int width, ClassLabels labels, int[] indices) implements Targets {
    @Override
    public long checksum() {
      return Xxh64.hash(Arrays.stream(indices).asLongStream().toArray());
    }

    @Override
    public boolean labelled() {
      return true;
    }

    @Override
    public void put(int row, int column, String text, Place place) {
      indices[row] = labels.indexOf(text, place);
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      if (width == 1) {
        for (int row = 0; row < count; row++) {
          into[at + row] = indices[from + row];
        }
        return;
      }
      Arrays.fill(into, at, at + count * width, 0);
      for (int row = 0; row < count; row++) {
        into[at + row * width + indices[from + row]] = 1;
      }
    }
  }

  /** Rows of which only the features are read: labels and targets are passed over, or missing. */
  record None(int width) implements Targets {
    @Override
    public long checksum() {
      return 0;
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public void put(int row, int column, String text, Place place) {}

    @Override
    public void putNothing(Place place) {}

    @Override
    public void copy(int from, int count, float[] into, int at) {
      throw new IllegalStateException("these rows were opened without their targets");
    }
  }

  /** Values, scaled by their ranges, if there are any. */
  record Values(int width, float[] values, List<TableEncoding.Range> ranges) implements Targets {
    @Override
    public long checksum() {
      return Xxh64.hash(values, 0, values.length);
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
    public void put(int row, int column, String text, Place place) {
      double value = Decimals.number(text, 1, place);
      values[row * width + column] =
          (float)
              (ranges.isEmpty()
                  ? value
                  : (value - ranges.get(column).shift()) / ranges.get(column).scale());
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      System.arraycopy(values, from * width, into, at, count * width);
    }
  }
}
