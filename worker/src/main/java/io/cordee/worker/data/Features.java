package io.cordee.worker.data;

import io.cordee.worker.math.ListedBytes;
import io.cordee.worker.math.ListedFloats;
import io.cordee.worker.math.SparseRows;
import java.util.Optional;

/** The features of some rows, in memory. Immutable once read. */
sealed interface Features {

  /** Elements that one array can hold, a little below the JVM's limit. */
  int MAX_ELEMENTS = Integer.MAX_VALUE - 16;

  /** Features per row. */
  int width();

  /** Writes rows {@code from} to {@code from + count} as [count, width], from {@code at} on. */
  void copy(int from, int count, float[] into, int at);

  /** As lists, if that is how they are multiplied fastest. Takes a while, for bytes. */
  default Optional<SparseRows> sparse() {
    return Optional.empty();
  }

  /**
   * The length of an array for these rows.
   *
   * @throws DataException if there are too many for one array
   */
  static int arrayLength(String source, int rows, int width) {
    long elements = (long) rows * width;
    if (elements > MAX_ELEMENTS) {
      throw new DataException(
          "%d rows of %d features from %s are too many for one partition; raise partitions so"
              + " that each has at most %d rows",
          rows, width, source, MAX_ELEMENTS / width);
    }
    return (int) elements;
  }

  /**
   * @throws DataException if features cannot be divided by this scale
   */
  static void requireScale(double scale, String source) {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new DataException(
          source + ": expected a scale that is positive and finite; found " + scale);
    }
  }

  /** The float that each unsigned byte stands for. */
  static float[] byteTable(double scale) {
    float[] table = new float[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = (float) (value / scale);
    }
    return table;
  }

  /** Unsigned bytes, a quarter of the size of floats, looked up in a table when copied. */
  record Bytes(int width, byte[] values, float[] table) implements Features {
    @Override
    public Optional<SparseRows> sparse() {
      return ListedBytes.of(values, values.length / width, width, table).map(lists -> lists);
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      int start = from * width;
      for (int i = 0; i < count * width; i++) {
        into[at + i] = table[values[start + i] & 0xff];
      }
    }
  }

  /** Floats, scaled when read. */
  record Floats(int width, float[] values) implements Features {
    @Override
    public void copy(int from, int count, float[] into, int at) {
      System.arraycopy(values, from * width, into, at, count * width);
    }
  }

  /** Floats of which most are zero, scaled when read; only the others are kept. */
  record Sparse(int width, ListedFloats values) implements Features {
    @Override
    public Optional<SparseRows> sparse() {
      return Optional.of(values);
    }

    @Override
    public void copy(int from, int count, float[] into, int at) {
      values.copy(from, count, width, into, at);
    }
  }
}
